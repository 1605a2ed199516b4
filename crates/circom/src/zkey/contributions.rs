//! The transcript of a ceremony: 64 bytes that name the circuit, then the contributions.
//!
//! | bytes of a contribution | what |
//! | --- | --- |
//! | 3 x 64, 128 | delta after it, and three points of the proof that its secret was known |
//! | 64 | hash of the transcript before it |
//! | 4 | 0 for a person, 1 for a random beacon |
//! | 4, n | length n of the parameters, and these: number (1, name; 2, iterations of the beacon; 3, its value), length, content |

use crate::{
    container::Cursor,
    encoding::{G1_BYTES, G2_BYTES},
    error::{Fault, FileError},
};

/// A transcript of the right form. What its points and hashes say is not checked here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Contributions {
    bytes: Vec<u8>,
    count: u32,
}

impl Contributions {
    pub(super) fn read(mut section: Cursor<'_>) -> Result<Self, FileError> {
        let bytes = section.bytes();
        section.take(64)?;
        let count = section.u32()?;
        for index in 0..count {
            let begin = section;
            section.take(3 * G1_BYTES + G2_BYTES + 64)?;
            let kind = section.u32()?;
            let length = section.count()?;
            let parameters = section.take(length)?;
            if kind > 1 || !well_formed(parameters) {
                return Err(begin.fault(Fault::Contribution { index }));
            }
        }
        section.finish()?;
        Ok(Self { bytes: bytes.to_vec(), count })
    }

    pub(super) const fn count(&self) -> u32 {
        self.count
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Parameters with rising numbers, all known, which fill the bytes.
fn well_formed(mut parameters: &[u8]) -> bool {
    let mut last = 0;
    while let Some(([number, length], rest)) = parameters.split_first_chunk() {
        // The iterations stand in place of a length.
        let content = if *number == 2 { 0 } else { usize::from(*length) };
        if *number <= last || *number > 3 || rest.len() < content {
            return false;
        }
        last = *number;
        (_, parameters) = rest.split_at(content);
    }
    parameters.is_empty()
}
