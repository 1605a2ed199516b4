//! Text of others on the terminal: file names, labels, causes that quote a file. It must not move the cursor, hide or
//! reorder what stands beside it, or add lines that look like ours.

/// Whether a character shows as something else than it is, or as nothing.
///
/// Joiners (U+200C, U+200D) are left alone: some scripts cannot be written without them.
fn is_deceptive(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

fn push(to: &mut String, character: char) {
    if is_deceptive(character) {
        to.extend(character.escape_unicode());
    } else {
        to.push(character);
    }
}

/// A foreign text in one line that shows as what it is: control, invisible and direction-turning characters become
/// `\u{..}`.
pub(crate) fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    text.chars().for_each(|character| push(&mut shown, character));
    shown
}

/// A foreign text of several lines: each is printable and stands behind `| `, so that none passes for one of ours.
pub(crate) fn quoted(text: &str) -> String {
    text.lines().map(|line| format!("| {}\n", printable(line))).collect()
}

/// A whole report: line ends, tabs and colours stay, every other control is made visible.
///
/// Second line of defence: what comes from others was made printable before it was put in.
pub(crate) fn report(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if let Some(style) = style(rest) {
            shown.push_str(style);
            rest = rest.get(style.len()..).unwrap_or_default();
            continue;
        }
        if matches!(character, '\n' | '\t') {
            shown.push(character);
        } else {
            push(&mut shown, character);
        }
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
    }
    shown
}

/// The colour or weight (SGR sequence `ESC [ digits and semicolons m`) that a text begins with.
fn style(text: &str) -> Option<&str> {
    let parameters = text.strip_prefix("\u{1b}[")?;
    let len = parameters.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b';').count();
    parameters.get(len..)?.starts_with('m').then(|| text.get(..len + 3))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deceptive_characters_are_shown_as_numbers() {
        assert_eq!(printable("\u{1b}[2Ja\nb\r\u{7}\u{9b}"), "\\u{1b}[2Ja\\u{a}b\\u{d}\\u{7}\\u{9b}");
        assert_eq!(printable("\u{202e}x\u{2066}\u{200b}\u{feff}"), "\\u{202e}x\\u{2066}\\u{200b}\\u{feff}");
        for text in ["", "plain", "ключ é 'x' 数 🦉", "क्\u{200d}ष"] {
            assert_eq!(printable(text), text);
        }
    }

    #[test]
    fn foreign_lines_are_marked() {
        assert_eq!(quoted("a\n\u{1b}c\n\nvalid"), "| a\n| \\u{1b}c\n| \n| valid\n");
        assert_eq!(quoted(""), "");
    }

    #[test]
    fn reports_keep_lines_and_colours_only() {
        let text = "\u{1b}[1;32mgood\u{1b}[0m\n\tx \u{1b}[2J\u{1b}]0;t\u{7}\u{1b}";
        assert_eq!(report(text), "\u{1b}[1;32mgood\u{1b}[0m\n\tx \\u{1b}[2J\\u{1b}]0;t\\u{7}\\u{1b}");
    }
}
