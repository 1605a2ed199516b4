//! What a voter writes down, to find her ballot in the record.

use super::BallotDigest;
use core::fmt;

/// The digits of a code: no I, L, O or U, which are taken for others [Crockford's base 32].
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The first 20 bytes of a ballot's name, for people: eight groups of four letters and digits.
///
/// A wallet shows it before it knows whether the ballot will be cast or challenged. Two ballots with one code would take 2^80 hashes to
/// find, while the voter waits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TrackingCode([u8; 20]);

/// A text is no tracking code: eight groups of four digits with a dash between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidTrackingCode;

impl fmt::Display for InvalidTrackingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no tracking code: eight groups of four digits or capital letters without I, L, O and U")
    }
}

impl core::error::Error for InvalidTrackingCode {}

impl TrackingCode {
    /// The code of a ballot.
    #[must_use]
    pub fn of(ballot: &BallotDigest) -> Self {
        let mut code = [0; 20];
        for (to, from) in code.iter_mut().zip(ballot.as_digest().as_bytes()) {
            *to = *from;
        }
        Self(code)
    }
}

impl core::str::FromStr for TrackingCode {
    type Err = InvalidTrackingCode;

    fn from_str(text: &str) -> Result<Self, InvalidTrackingCode> {
        let mut code = Self([0; 20]);
        let mut groups = text.split('-');
        for bytes in code.0.as_chunks_mut::<5>().0 {
            let mut bits = 0u64;
            for _ in 0..2 {
                let group = groups.next().filter(|group| group.len() == 4).ok_or(InvalidTrackingCode)?;
                for digit in group.bytes() {
                    let value =
                        (0u64..).zip(DIGITS).find(|(_, d)| **d == digit).ok_or(InvalidTrackingCode)?.0;
                    bits = bits << 5 | value;
                }
            }
            for (to, from) in bytes.iter_mut().zip(bits.to_be_bytes().into_iter().skip(3)) {
                *to = from;
            }
        }
        if groups.next().is_some() { Err(InvalidTrackingCode) } else { Ok(code) }
    }
}

impl fmt::Display for TrackingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, bytes) in self.0.as_chunks::<5>().0.iter().enumerate() {
            let bits = bytes.iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
            for digit in 0..8 {
                if digit % 4 == 0 && (number, digit) != (0, 0) {
                    f.write_str("-")?;
                }
                let value = bits >> (35 - 5 * digit) & 31;
                let digit =
                    usize::try_from(value).ok().and_then(|at| DIGITS.get(at)).copied().unwrap_or(b'?');
                write!(f, "{}", char::from(digit))?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for TrackingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TrackingCode({self})")
    }
}
