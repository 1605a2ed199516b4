//! What may stand in the texts of a manifest.
//!
//! A voter decides by what she reads. So text that shows differently from what it says is refused: control characters,
//! invisible characters, and those that turn the direction of writing.

use alloc::string::String;
use core::fmt;

/// Greatest number of options in an election.
pub const MAX_OPTIONS: usize = 256;
/// Greatest length of a title, in bytes of UTF-8.
pub const MAX_TITLE_BYTES: usize = 200;
/// Greatest length of a question, in bytes of UTF-8.
pub const MAX_QUESTION_BYTES: usize = 1_000;
/// Greatest length of a description, in bytes of UTF-8.
pub const MAX_DESCRIPTION_BYTES: usize = 10_000;
/// Greatest length of an option's label, in bytes of UTF-8.
pub const MAX_LABEL_BYTES: usize = 200;

/// Which text of a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TextField {
    /// The title.
    Title,
    /// The question.
    Question,
    /// The description.
    Description,
    /// The label of the option with this index, from 0.
    Option {
        /// Index of the option, from 0.
        index: usize,
    },
}

impl fmt::Display for TextField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Title => f.write_str("title"),
            Self::Question => f.write_str("question"),
            Self::Description => f.write_str("description"),
            Self::Option { index } => write!(f, "label of option {}", index + 1),
        }
    }
}

/// What is wrong with a text of a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TextProblem {
    /// Nothing stands in it.
    Empty,
    /// It is too long.
    TooLong {
        /// Greatest length, in bytes of UTF-8.
        limit: usize,
        /// Length found, in bytes of UTF-8.
        actual: usize,
    },
    /// It holds a character that does not show as what it is: a control, an invisible character, or one that turns the
    /// direction of writing.
    Deceptive {
        /// Offset of the character, in bytes of UTF-8.
        offset: usize,
        /// The code point.
        character: char,
    },
    /// It begins or ends with white space.
    SurroundingSpace,
}

impl fmt::Display for TextProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty"),
            Self::TooLong { limit, actual } => {
                write!(f, "has {actual} bytes where at most {limit} are possible")
            }
            Self::Deceptive { offset, character } => write!(
                f,
                "holds the character U+{:04X} at offset {offset}, which does not show as what it is",
                u32::from(*character)
            ),
            Self::SurroundingSpace => f.write_str("begins or ends with white space"),
        }
    }
}

/// Whether a character shows as something else than it is, or as nothing.
fn is_deceptive(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

/// Checks one text of a manifest.
pub(super) fn check_text(field: TextField, text: &str) -> Result<(), TextProblem> {
    let limit = match field {
        TextField::Title => MAX_TITLE_BYTES,
        TextField::Question => MAX_QUESTION_BYTES,
        TextField::Description => MAX_DESCRIPTION_BYTES,
        TextField::Option { .. } => MAX_LABEL_BYTES,
    };
    let is_description = matches!(field, TextField::Description);
    if text.is_empty() && !is_description {
        return Err(TextProblem::Empty);
    }
    if text.len() > limit {
        return Err(TextProblem::TooLong { limit, actual: text.len() });
    }
    // Only a description may have lines.
    let fault = text.char_indices().find(|(_, c)| is_deceptive(*c) && !(is_description && *c == '\n'));
    if let Some((offset, character)) = fault {
        return Err(TextProblem::Deceptive { offset, character });
    }
    if text.trim().len() != text.len() {
        return Err(TextProblem::SurroundingSpace);
    }
    Ok(())
}

/// The first two options with the same label, by index.
pub(super) fn duplicate_label(labels: &[String]) -> Option<(usize, usize)> {
    let mut seen = alloc::collections::BTreeMap::new();
    labels.iter().enumerate().find_map(|(index, label)| seen.insert(label, index).map(|first| (first, index)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    const OPTION: TextField = TextField::Option { index: 0 };

    #[test]
    fn plain_text_of_any_language_is_fine() {
        for text in ["Yes", "Ja, natürlich", "是", "بله\u{200c}ها", "नहीं", "A \"quoted\" \\ one"]
        {
            assert_eq!(check_text(OPTION, text), Ok(()), "{text}");
        }
        assert_eq!(check_text(TextField::Description, ""), Ok(()));
        assert_eq!(check_text(TextField::Description, "one\ntwo"), Ok(()));
    }

    #[test]
    fn deceptive_text_is_refused() {
        for (text, offset, character) in [
            ("a\nb", 1, '\n'),
            ("a\0", 1, '\0'),
            ("\u{1b}[31mred", 0, '\u{1b}'),
            ("No\u{202e}seY", 2, '\u{202e}'),
            ("Y\u{200b}es", 1, '\u{200b}'),
            ("\u{feff}Yes", 0, '\u{feff}'),
        ] {
            assert_eq!(
                check_text(OPTION, text),
                Err(TextProblem::Deceptive { offset, character }),
                "{text:?}"
            );
        }
    }

    #[test]
    fn lengths_and_spaces_are_refused() {
        assert_eq!(check_text(OPTION, ""), Err(TextProblem::Empty));
        assert_eq!(check_text(TextField::Title, " a"), Err(TextProblem::SurroundingSpace));
        assert_eq!(check_text(TextField::Title, "a\u{a0}"), Err(TextProblem::SurroundingSpace));
        assert_eq!(check_text(OPTION, &"x".repeat(200)), Ok(()));
        assert_eq!(
            check_text(OPTION, &"x".repeat(201)),
            Err(TextProblem::TooLong { limit: 200, actual: 201 })
        );
    }

    #[test]
    fn the_first_duplicate_is_named() {
        let labels = ["a", "b", "c", "b"].map(|l| l.to_string());
        assert_eq!(duplicate_label(&labels), Some((1, 3)));
        assert_eq!(duplicate_label(&labels[..3]), None);
    }
}
