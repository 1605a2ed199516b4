//! How ethers' `getBigInt` reads a text: JavaScript's `BigInt(text)` with one rule of its own for the minus sign.
//!
//! `BigInt(text)` is ECMAScript's `StringToBigInt` (ECMA-262, section 7.1.14): white space and line ends around it do not count;
//! nothing is 0; `0x`, `0o`, `0b` (either case) with digits and no sign; or decimal digits with an optional sign.
//! Neither underscores nor a trailing `n`.
//!
//! ethers 6: the empty text is no number; a text that starts with `-`, not followed by another `-`, is `-BigInt(rest)`. So `-` alone is 0, and
//! `-0x10`, `-+5`, `- -5` are -16, -5 and 5.

/// What a text that is a number stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Integer {
    /// Below zero.
    Negative,
    /// Above 2^256 - 1.
    TooLarge,
    /// 256 bits, least significant limb first.
    Value([u64; 4]),
}

/// A sign and what `BigInt` makes of the digits. `magnitude` is None if it does not fit 256 bits.
struct Signed {
    negative: bool,
    magnitude: Option<[u64; 4]>,
}

/// What ethers' `getBigInt` makes of a text; None if it throws.
pub(super) fn ethers_integer(text: &str) -> Option<Integer> {
    if text.is_empty() {
        return None;
    }
    let signed = match text.strip_prefix('-') {
        Some(rest) if !rest.starts_with('-') => {
            let inner = string_to_bigint(rest)?;
            Signed { negative: !inner.negative, magnitude: inner.magnitude }
        }
        _ => string_to_bigint(text)?,
    };
    Some(match signed.magnitude {
        Some([0, 0, 0, 0]) => Integer::Value([0; 4]),
        _ if signed.negative => Integer::Negative,
        Some(limbs) => Integer::Value(limbs),
        None => Integer::TooLarge,
    })
}

/// ECMAScript's `StringToBigInt`; None if it is a syntax error.
fn string_to_bigint(text: &str) -> Option<Signed> {
    let text = text.trim_matches(is_blank);
    let prefixed = |lower: &str, upper: &str| text.strip_prefix(lower).or_else(|| text.strip_prefix(upper));
    let (negative, radix, digits) = if text.is_empty() {
        (false, 10, "0")
    } else if let Some(digits) = prefixed("0x", "0X") {
        (false, 16, digits)
    } else if let Some(digits) = prefixed("0o", "0O") {
        (false, 8, digits)
    } else if let Some(digits) = prefixed("0b", "0B") {
        (false, 2, digits)
    } else if let Some(digits) = text.strip_prefix('-') {
        (true, 10, digits)
    } else {
        (false, 10, text.strip_prefix('+').unwrap_or(text))
    };
    if digits.is_empty() {
        return None;
    }
    let mut magnitude = Some([0u64; 4]);
    for digit in digits.chars() {
        let digit = digit.to_digit(radix)?;
        magnitude = magnitude.and_then(|limbs| times_plus(limbs, radix, digit));
    }
    Some(Signed { negative, magnitude })
}

/// `limbs * radix + digit`; None if it does not fit 256 bits.
fn times_plus(mut limbs: [u64; 4], radix: u32, digit: u32) -> Option<[u64; 4]> {
    let mut carry = u64::from(digit);
    for limb in &mut limbs {
        (*limb, carry) = limb.carrying_mul(u64::from(radix), carry);
    }
    (carry == 0).then_some(limbs)
}

/// ECMAScript's WhiteSpace and LineTerminator (ECMA-262, sections 12.2 and 12.3). Not Rust's `char::is_whitespace`, which has U+0085 and
/// lacks U+FEFF.
const fn is_blank(c: char) -> bool {
    matches!(
        c,
        '\t' | '\n' | '\u{b}' | '\u{c}' | '\r' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{feff}'
    )
}
