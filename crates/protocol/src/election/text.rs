//! What may stand in the texts of a manifest.
//!
//! A voter decides by what she reads. So text that shows differently from what it says is refused: control characters,
//! invisible characters, and those that turn the direction of writing. And two options must be told apart by eye: their
//! labels are compared after compatibility normalization ([NFKC](https://www.unicode.org/reports/tr15/)), in lower case,
//! with white space squeezed, and by their skeletons ([UTS 39](https://www.unicode.org/reports/tr39/#Confusable_Detection)).
//!
//! Not found: labels in plain ASCII that look alike in some fonts (`l` and `I`, `0` and `O`), since those are ordinary
//! names of options; words that mean the same; and what a later version of Unicode adds.

use alloc::{string::String, vec::Vec};
use core::fmt;
use unicode_normalization::UnicodeNormalization;
use unicode_security::confusable_detection::skeleton;

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
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

/// Whether a character only changes how its neighbours look: joiners and variation selectors. Languages need them in
/// sentences, but two labels must not differ by one.
fn is_invisible_in_labels(character: char) -> bool {
    matches!(
        character,
        '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{e0100}'..='\u{e01ef}'
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
    let is_label = matches!(field, TextField::Option { .. });
    if text.trim().is_empty() && !is_description {
        return Err(TextProblem::Empty);
    }
    if text.len() > limit {
        return Err(TextProblem::TooLong { limit, actual: text.len() });
    }
    // Only a description may have lines.
    let is_fault = |c: char| {
        (is_deceptive(c) && !(is_description && c == '\n')) || (is_label && is_invisible_in_labels(c))
    };
    let fault = text.char_indices().find(|(_, c)| is_fault(*c));
    if let Some((offset, character)) = fault {
        return Err(TextProblem::Deceptive { offset, character });
    }
    if text.trim().len() != text.len() {
        return Err(TextProblem::SurroundingSpace);
    }
    Ok(())
}

/// A label as it is compared.
struct Compared {
    /// In compatibility form, in lower case, with single spaces.
    folded: String,
    /// Skeletons of the label and of its folded form: capitals may look alike where small letters do not, as the Greek
    /// `Η` and the Latin `H`.
    looks: [String; 2],
    is_ascii: bool,
}

impl Compared {
    fn new(label: &str) -> Self {
        let lower: String = label.nfkc().collect::<String>().to_lowercase().nfkc().collect();
        let mut folded = String::with_capacity(lower.len());
        for word in lower.split_whitespace() {
            if !folded.is_empty() {
                folded.push(' ');
            }
            folded.push_str(word);
        }
        let looks = [skeleton(label).collect(), skeleton(&folded).collect()];
        Self { folded, looks, is_ascii: label.is_ascii() }
    }

    fn is_mistaken_for(&self, other: &Self) -> bool {
        let look_alike = self.looks.iter().zip(&other.looks).any(|(one, other)| one == other);
        self.folded == other.folded || (look_alike && !(self.is_ascii && other.is_ascii))
    }
}

/// The first two options whose labels are the same or look it, by index.
pub(super) fn duplicate_label(labels: &[String]) -> Option<(usize, usize)> {
    let mut seen: Vec<Compared> = Vec::with_capacity(labels.len());
    labels.iter().enumerate().find_map(|(index, label)| {
        let label = Compared::new(label);
        let first = seen.iter().position(|earlier| earlier.is_mistaken_for(&label));
        seen.push(label);
        first.map(|first| (first, index))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    const OPTION: TextField = TextField::Option { index: 0 };

    #[test]
    fn plain_text_of_any_language_is_fine() {
        for text in ["Yes", "Ja, natürlich", "是", "بله", "नहीं", "A \"quoted\" \\ one"] {
            assert_eq!(check_text(OPTION, text), Ok(()), "{text}");
        }
        // Joiners belong to some languages' sentences, and to no label.
        assert_eq!(check_text(TextField::Question, "بله\u{200c}ها"), Ok(()));
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
            ("بله\u{200c}ها", 6, '\u{200c}'),
        ] {
            assert_eq!(
                check_text(OPTION, text),
                Err(TextProblem::Deceptive { offset, character }),
                "{text:?}"
            );
        }
    }

    #[test]
    fn characters_that_show_nothing_are_refused() {
        for character in "\u{34f}\u{115f}\u{1160}\u{17b4}\u{17b5}\u{2800}\u{3164}\u{ffa0}".chars() {
            let expected = Err(TextProblem::Deceptive { offset: 1, character });
            for field in [OPTION, TextField::Title, TextField::Question, TextField::Description] {
                assert_eq!(check_text(field, &alloc::format!("a{character}b")), expected);
            }
        }
        for character in "\u{200c}\u{200d}\u{fe00}\u{fe0f}\u{e0100}\u{e01ef}".chars() {
            let text = alloc::format!("a{character}b");
            assert_eq!(check_text(OPTION, &text), Err(TextProblem::Deceptive { offset: 1, character }));
            assert_eq!(check_text(TextField::Description, &text), Ok(()));
        }
        for blank in [" ", "   ", "\u{a0}", "\u{3000}\u{2003}"] {
            assert_eq!(check_text(OPTION, blank), Err(TextProblem::Empty));
        }
        assert_eq!(
            check_text(OPTION, "\u{3164}"),
            Err(TextProblem::Deceptive { offset: 0, character: '\u{3164}' })
        );
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

    #[test]
    fn labels_that_are_read_as_the_same_are_duplicates() {
        let duplicate =
            |first: &str, second: &str| duplicate_label(&[first, "-", second].map(|l| l.to_string()));
        for (first, second) in [
            ("Yes", "yes"),
            ("Yes  please", "Yes\u{a0}please"),
            ("ﬁve", "FIVE"),
            ("Ｙes", "Yes"),
            ("é", "e\u{301}"),
            ("É", "e\u{301}"),
            ("№ 1", "No 1"),
            // Cyrillic for Latin, in small letters and in capitals; Greek capitals only.
            ("Park", "Раrk"),
            ("ALICE", "АLIСЕ"),
            ("H", "Η"),
            ("scope", "ѕсоре"),
        ] {
            assert_eq!(duplicate(first, second), Some((0, 2)), "{first} {second}");
            assert_eq!(duplicate(second, first), Some((0, 2)), "{second} {first}");
        }
        for (first, second) in [
            ("1", "2"),
            ("I", "l"),
            ("10", "IO"),
            ("modern", "modem"),
            ("a", "ä"),
            ("Ja", "Nein"),
            ("да", "нет"),
        ] {
            assert_eq!(duplicate(first, second), None, "{first} {second}");
        }
    }
}
