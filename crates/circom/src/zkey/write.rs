//! Writing a `.zkey` file.

use super::{GROTH16, Zkey, coefficients};
use crate::{
    container::{count, head, section_head},
    encoding::{G1_BYTES, G2_BYTES, MODULUS_BYTES, g1_to_bytes, g2_to_bytes, write_modulus},
    error::Format,
};
use ark_bn254::{Fq, G1Affine, G2Affine};
use tabella_primitives::Fr;
use tabella_prover::{KeyError, KeyPart, ProvingKey};

impl Zkey {
    /// A file for a key of ours, with sections 1 to 9: snarkjs and rapidsnark prove with it. There is no transcript, since there
    /// was no ceremony of snarkjs.
    ///
    /// A key whose query h is for the coefficients of the quotient is converted, which takes a while
    /// ([`ProvingKey::into_odd_coset`]). Matrix C is not written: the format has no place for it.
    ///
    /// # Errors
    /// [`KeyError::TooManyRows`] if the key cannot be converted: its domain is the greatest of the field. [`KeyError::Absent`] if it is
    /// a compact one: the format has no place to say so.
    pub fn from_key(key: ProvingKey) -> Result<Self, KeyError> {
        if key.query_b_g1().is_none() {
            return Err(KeyError::Absent { part: KeyPart::BInG1 });
        }
        Ok(Self {
            key: key.into_odd_coset()?,
            order: (1..=9).collect(),
            coefficients: None,
            contributions: None,
        })
    }

    /// The bytes of the file. A file that was read gives the bytes that were read.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut file = head(Format::Zkey, self.order.len());
        for number in &self.order {
            self.write_section(&mut file, *number);
        }
        file
    }

    fn write_section(&self, file: &mut Vec<u8>, number: u32) {
        let key = &self.key;
        match number {
            1 => {
                section_head(file, 1, 4);
                file.extend_from_slice(&GROTH16.to_le_bytes());
            }
            2 => self.write_header(file),
            3 => g1_section(file, number, key.verifying_key().ic()),
            4 => {
                let content = coefficients::write(key.matrices(), self.coefficients.as_deref());
                section_head(file, number, content.len());
                file.extend_from_slice(&content);
            }
            5 => g1_section(file, number, key.query_a()),
            6 => g1_section(file, number, key.query_b_g1().unwrap_or_default()),
            7 => g2_section(file, number, key.query_b_g2()),
            8 => g1_section(file, number, key.query_l()),
            9 => g1_section(file, number, key.query_h()),
            _ => {
                let content =
                    self.contributions.as_ref().map_or(&[][..], |contributions| contributions.bytes());
                section_head(file, number, content.len());
                file.extend_from_slice(content);
            }
        }
    }

    fn write_header(&self, file: &mut Vec<u8>) {
        let key = &self.key;
        let vk = key.verifying_key();
        section_head(file, 2, 2 * MODULUS_BYTES + 12 + 3 * G1_BYTES + 3 * G2_BYTES);
        write_modulus::<Fq>(file);
        write_modulus::<Fr>(file);
        let matrices = key.matrices();
        for number in [matrices.variables(), matrices.public_inputs(), key.query_h().len()] {
            file.extend_from_slice(&count(number).to_le_bytes());
        }
        file.extend_from_slice(&g1_to_bytes(vk.alpha()));
        file.extend_from_slice(&g1_to_bytes(key.beta_g1()));
        file.extend_from_slice(&g2_to_bytes(vk.beta()));
        file.extend_from_slice(&g2_to_bytes(vk.gamma()));
        file.extend_from_slice(&g1_to_bytes(key.delta_g1()));
        file.extend_from_slice(&g2_to_bytes(vk.delta()));
    }
}

fn g1_section(file: &mut Vec<u8>, number: u32, points: &[G1Affine]) {
    section_head(file, number, points.len() * G1_BYTES);
    points.iter().for_each(|point| file.extend_from_slice(&g1_to_bytes(point)));
}

fn g2_section(file: &mut Vec<u8>, number: u32, points: &[G2Affine]) {
    section_head(file, number, points.len() * G2_BYTES);
    points.iter().for_each(|point| file.extend_from_slice(&g2_to_bytes(point)));
}
