//! Names that others read: of a registry towards the citizens who register in it, of a trustee towards the others.

use alloc::string::String;
use core::fmt;

/// Greatest number of characters of a label.
pub const MAX_LABEL_CHARS: usize = 128;

/// The name under which citizens register: 1 to [`MAX_LABEL_CHARS`] characters without control characters.
///
/// Registries that must not accept each other's registrations have different labels.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RegistryLabel(String);

/// Why a text is no label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidLabel {
    /// No characters.
    Empty,
    /// More than [`MAX_LABEL_CHARS`] characters.
    TooLong {
        /// Its number of characters.
        actual: usize,
    },
    /// A control character, which a terminal would obey instead of showing it.
    ControlCharacter {
        /// Its place among the characters, from 0.
        position: usize,
    },
}

impl fmt::Display for InvalidLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a name is empty"),
            Self::TooLong { actual } => {
                write!(f, "a name has at most {MAX_LABEL_CHARS} characters, found {actual}")
            }
            Self::ControlCharacter { position } => {
                write!(f, "a name has a control character at position {position}")
            }
        }
    }
}

impl core::error::Error for InvalidLabel {}

/// Checks that a text is 1 to [`MAX_LABEL_CHARS`] characters without control characters.
pub(crate) fn check_label(text: &str) -> Result<(), InvalidLabel> {
    let actual = text.chars().count();
    if text.is_empty() {
        return Err(InvalidLabel::Empty);
    }
    if actual > MAX_LABEL_CHARS {
        return Err(InvalidLabel::TooLong { actual });
    }
    match text.chars().position(char::is_control) {
        Some(position) => Err(InvalidLabel::ControlCharacter { position }),
        None => Ok(()),
    }
}

impl RegistryLabel {
    /// A label from its text.
    ///
    /// # Errors
    /// [`InvalidLabel`].
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidLabel> {
        let text = text.into();
        check_label(&text)?;
        Ok(Self(text))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RegistryLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_have_limits() {
        assert_eq!(RegistryLabel::new(""), Err(InvalidLabel::Empty));
        let long = "é".repeat(MAX_LABEL_CHARS + 1);
        assert_eq!(RegistryLabel::new(long), Err(InvalidLabel::TooLong { actual: MAX_LABEL_CHARS + 1 }));
        for (text, position) in [("a\n", 1), ("\u{1b}[2J", 0), ("ab\u{85}", 2), ("\0", 0)] {
            assert_eq!(RegistryLabel::new(text), Err(InvalidLabel::ControlCharacter { position }));
        }
    }
}
