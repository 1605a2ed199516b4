//! What JavaScript takes for a number and Tabella does not: needed to follow a foreign tree after a step that
//! Tabella refuses, and to check the integer of a value that is refused.

use num_bigint::{BigInt, BigUint};
use tabella::primitives::{Fr, encoding::Canonical, poseidon};

/// The scalar field's modulus r in decimal.
pub(crate) const MODULUS: &str =
    "21888242871839275222246405745257275088548364400416034343698204186575808495617";

/// Longest text that is read as a number here (characters): far above 256 bits, far below a denial of service.
const LONGEST: usize = 4096;

/// JavaScript's `BigInt(text)`: decimal with an optional sign, `0x`, `0o`, `0b`, blanks around it; empty text is 0.
pub(crate) fn big_int(text: &str) -> Option<BigInt> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if text.len() > LONGEST {
        return None;
    }
    if text.is_empty() {
        return Some(BigInt::from(0));
    }
    let radix = |digits: &str, radix: u32| {
        let proper = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
        proper.then(|| BigInt::parse_bytes(digits.as_bytes(), radix)).flatten()
    };
    match text.get(..2).map(str::to_ascii_lowercase).as_deref() {
        Some("0x") => radix(text.get(2..)?, 16),
        Some("0o") => radix(text.get(2..)?, 8),
        Some("0b") => radix(text.get(2..)?, 2),
        _ => {
            let (negative, digits) = match text.strip_prefix('-') {
                Some(digits) => (true, digits),
                None => (false, text.strip_prefix('+').unwrap_or(text)),
            };
            let value = radix(digits, 10)?;
            Some(if negative { -value } else { value })
        }
    }
}

/// A field element as JavaScript's Poseidon takes it: any integer, reduced modulo r.
pub(crate) fn reduced(text: &str) -> Option<Fr> {
    let modulus = BigInt::parse_bytes(MODULUS.as_bytes(), 10)?;
    let value = big_int(text)?;
    let reduced: BigInt = ((value % &modulus) + &modulus) % &modulus;
    Fr::from_decimal(&reduced.to_string()).ok()
}

/// The integer of big-endian bytes, in decimal.
pub(crate) fn decimal_of_bytes(bytes: &[u8]) -> String {
    BigUint::from_bytes_be(bytes).to_string()
}

/// The next level of a plain LeanIMT.
fn parents(level: &[Fr]) -> Vec<Fr> {
    let parent = |pair: &[Fr]| match pair {
        [left, right] => poseidon::hash(&[*left, *right]),
        _ => pair.first().copied().unwrap_or_default(),
    };
    level.chunks(2).map(parent).collect()
}

/// A plain LeanIMT over whatever leaves a foreign group has: root and depth, recomputed from nothing each time.
///
/// A node without a right child is its left child; the depth is ceil(log2(size)); the root of no leaves is 0.
pub(crate) fn plain_root(leaves: &[Fr]) -> (Fr, usize) {
    let mut level = leaves.to_vec();
    let mut depth = 0;
    while level.len() > 1 {
        level = parents(&level);
        depth += 1;
    }
    (level.first().copied().unwrap_or_default(), depth)
}

/// The path of one leaf in the plain tree: the bits and the siblings of the levels that have a sibling.
pub(crate) fn plain_path(leaves: &[Fr], leaf: usize) -> (u64, Vec<Fr>) {
    let (mut level, mut position) = (leaves.to_vec(), leaf);
    let (mut index, mut siblings) = (0, Vec::new());
    while level.len() > 1 {
        if let Some(sibling) = level.get(position ^ 1) {
            if position % 2 == 1 {
                index |= 1 << siblings.len();
            }
            siblings.push(*sibling);
        }
        level = parents(&level);
        position /= 2;
    }
    (index, siblings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_javascript_reads_them() {
        let decimal = |text| big_int(text).map(|v| v.to_string());
        for (text, value) in [
            ("", "0"),
            ("  ", "0"),
            ("\n12 ", "12"),
            ("007", "7"),
            ("-1", "-1"),
            ("0xABC", "2748"),
            ("0b11", "3"),
            ("0o17", "15"),
        ] {
            assert_eq!(decimal(text).as_deref(), Some(value), "{text:?}");
        }
        for text in ["abc", "0x", "0xzz", "1e3", "--1", "-0x1", "1 2", "1_000"] {
            assert_eq!(decimal(text), None, "{text:?}");
        }
        assert_eq!(reduced(MODULUS), Some(Fr::from(0)));
        assert_eq!(reduced("-1"), Some(-Fr::from(1)));
        assert_eq!(decimal_of_bytes(&[1, 0]), "256");
    }
}
