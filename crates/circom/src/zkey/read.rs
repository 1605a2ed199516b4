//! Reading a `.zkey` file.

use super::{GROTH16, Zkey, coefficients::Coefficients, contributions::Contributions};
use crate::{
    container::{Container, Cursor, count},
    encoding::{G1_BYTES, G2_BYTES, g1, g2, points, read_modulus},
    error::{Fault, FileError, Format},
};
use ark_bn254::{Fq, G1Affine, G2Affine};
use tabella_primitives::{Fr, encoding::EncodingError};
use tabella_prover::{KeyError, KeyPart, KeyParts, ProvingKey, QuotientBasis};
use tabella_verifier::{KeyError as VerifyingKeyError, KeyPoint, VerifyingKey};

/// Names of other proof systems that write `.zkey` files.
const OTHER_SYSTEMS: [(u32, &str); 2] = [(2, "plonk"), (10, "fflonk")];

impl Zkey {
    /// What [`Self::from_bytes`] checks of a file before it gives the parts to [`ProvingKey::from_parts`], as a number that rises with
    /// every change of these checks: who remembers that a file was validated remembers this, beside
    /// [`ProvingKey::VALIDATION`] for what is checked of the parts.
    pub const VALIDATION: u32 = 1;

    /// Reads a `.zkey` file and checks all of it: form, canonical integers, curve and subgroup of every point (in parallel),
    /// the rows that bind the public inputs, the size of the domain, that beta and delta are the same in G1 and G2, and that
    /// the verifying key is not forgeable, as that of a ceremony without contribution is.
    ///
    /// Beside the result, which is about as large as the file, memory stays below the size of the file.
    ///
    /// # Errors
    /// [`FileError`] with section and offset.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FileError> {
        Self::read(bytes, ProvingKey::from_parts)
    }

    /// Reads a file whose hash the caller has compared with a trusted one: leaves out what that implies, the curve and the subgroup
    /// of points, and that beta and delta are the same in G1 and G2. All else is checked nevertheless.
    ///
    /// # Errors
    /// [`FileError`] with section and offset.
    ///
    /// # Security
    /// With a key from an untrusted source proofs can betray the witness.
    pub fn from_trusted_bytes_checked_by_hash(bytes: &[u8]) -> Result<Self, FileError> {
        Self::read(bytes, |parts| ProvingKey::from_trusted_parts(parts, None))
    }

    fn read(
        bytes: &[u8],
        assemble: impl FnOnce(KeyParts) -> Result<ProvingKey, KeyError>,
    ) -> Result<Self, FileError> {
        let container = Container::open(Format::Zkey, bytes)?;
        check_system(container.section(1)?)?;
        let header = Header::read(container.section(2)?)?;
        let instance = header.public_inputs + 1;
        let witness = header.variables - instance;

        // Every length before any content.
        let ic = container.list(3, instance, G1_BYTES)?;
        let a = container.list(5, header.variables, G1_BYTES)?;
        let b_g1 = container.list(6, header.variables, G1_BYTES)?;
        let b_g2 = container.list(7, header.variables, G2_BYTES)?;
        let l = container.list(8, witness, G1_BYTES)?;
        let h = container.list(9, header.domain, G1_BYTES)?;
        let coefficients = container.section(4)?;

        let coefficients = Coefficients::read(coefficients, header.variables, header.domain)?;
        let matrices = coefficients.matrices(header.variables, instance)?;
        header.check_domain(matrices.constraints() + instance)?;

        let [alpha, beta_g1, delta_g1] = header.g1;
        let [beta, gamma, delta] = header.g2;
        let verifying_key = VerifyingKey::from_parts(alpha, beta, gamma, delta, points(&ic, g1)?)
            .map_err(|error| locate_in_verifying_key(&header, &ic, error))?;
        let parts = KeyParts {
            verifying_key,
            beta_g1,
            delta_g1,
            a: points(&a, g1)?,
            b_g1: Some(points(&b_g1, g1)?),
            b_g2: points(&b_g2, g2)?,
            h: points(&h, g1)?,
            h_basis: QuotientBasis::OddCoset,
            l: points(&l, g1)?,
            matrices,
        };
        let key = assemble(parts).map_err(|error| match error {
            KeyError::Point { part, index, cause } => {
                let (section, index, bytes) = match part {
                    KeyPart::A => (&a, index, G1_BYTES),
                    KeyPart::BInG1 => (&b_g1, index, G1_BYTES),
                    KeyPart::BInG2 => (&b_g2, index, G2_BYTES),
                    KeyPart::H => (&h, index, G1_BYTES),
                    KeyPart::L => (&l, index, G1_BYTES),
                    KeyPart::Beta => return header.point_fault(BETA_G1, cause),
                    _ => return header.point_fault(DELTA_G1, cause),
                };
                section.fault_after(index * bytes, Fault::Point { index, cause })
            }
            error => header.points.fault(Fault::Key(error)),
        })?;
        Ok(Self {
            key,
            order: container.order(),
            coefficients: coefficients.into_file_order(),
            contributions: container.find(10).map(Contributions::read).transpose()?,
        })
    }
}

fn check_system(mut section: Cursor<'_>) -> Result<(), FileError> {
    let head = section;
    let number = section.u32()?;
    if number != GROTH16 {
        let name = OTHER_SYSTEMS.iter().find(|(other, _)| *other == number).map(|(_, name)| *name);
        return Err(head.fault(Fault::ProofSystem { number, name }));
    }
    section.finish()
}

/// Places of the points in the header, and their offsets behind its counts.
const ALPHA: (usize, usize) = (0, 0);
const BETA_G1: (usize, usize) = (1, G1_BYTES);
const BETA_G2: (usize, usize) = (2, 2 * G1_BYTES);
const GAMMA_G2: (usize, usize) = (3, 2 * G1_BYTES + G2_BYTES);
const DELTA_G1: (usize, usize) = (4, 2 * G1_BYTES + 2 * G2_BYTES);
const DELTA_G2: (usize, usize) = (5, 3 * G1_BYTES + 2 * G2_BYTES);

/// Section 2.
struct Header<'a> {
    variables: usize,
    public_inputs: usize,
    domain: usize,
    /// Where the size of the domain stands.
    domain_at: Cursor<'a>,
    /// Where the points begin.
    points: Cursor<'a>,
    /// alpha, beta, delta.
    g1: [G1Affine; 3],
    /// beta, gamma, delta.
    g2: [G2Affine; 3],
}

impl<'a> Header<'a> {
    fn read(mut section: Cursor<'a>) -> Result<Self, FileError> {
        read_modulus::<Fq>(&mut section)?;
        read_modulus::<Fr>(&mut section)?;
        let counts = section;
        let variables = section.count()?;
        let inputs_at = section;
        let public_inputs = section.count()?;
        let domain_at = section;
        let domain = section.count()?;
        let refuse = |at: Cursor<'_>, name, value: usize| {
            Err(at.fault(Fault::Count { name, value: u64::try_from(value).unwrap_or(u64::MAX) }))
        };
        if variables == 0 {
            return refuse(counts, "variables", variables);
        }
        if public_inputs >= variables {
            return refuse(inputs_at, "public inputs", public_inputs);
        }
        if !domain.is_power_of_two() {
            return refuse(domain_at, "domain elements", domain);
        }
        let points = section;
        let mut in_g1 = || {
            let at = section;
            g1(section.array()?).ok_or_else(|| at.fault(Fault::NotCanonical))
        };
        let (alpha, beta_g1) = (in_g1()?, in_g1()?);
        let mut in_g2 = || {
            let at = section;
            g2(section.array()?).ok_or_else(|| at.fault(Fault::NotCanonical))
        };
        let (beta_g2, gamma) = (in_g2()?, in_g2()?);
        let at = section;
        let delta_g1 = g1(section.array()?).ok_or_else(|| at.fault(Fault::NotCanonical))?;
        let at = section;
        let delta_g2 = g2(section.array()?).ok_or_else(|| at.fault(Fault::NotCanonical))?;
        section.finish()?;
        Ok(Self {
            variables,
            public_inputs,
            domain,
            domain_at,
            points,
            g1: [alpha, beta_g1, delta_g1],
            g2: [beta_g2, gamma, delta_g2],
        })
    }

    /// The domain is the least power of two that holds the constraints and one row for each instance variable.
    fn check_domain(&self, rows: usize) -> Result<(), FileError> {
        let expected = rows.next_power_of_two();
        if expected == self.domain {
            return Ok(());
        }
        Err(self.domain_at.fault(Fault::DomainSize { expected, actual: count(self.domain) }))
    }

    fn point_fault(&self, (index, offset): (usize, usize), cause: EncodingError) -> FileError {
        self.points.fault_after(offset, Fault::Point { index, cause })
    }
}

/// Where in the file the verifying key is at fault.
fn locate_in_verifying_key(header: &Header<'_>, ic: &Cursor<'_>, error: VerifyingKeyError) -> FileError {
    match error {
        VerifyingKeyError::Point { point, cause } => match point {
            KeyPoint::Ic(index) => ic.fault_after(index * G1_BYTES, Fault::Point { index, cause }),
            KeyPoint::Alpha => header.point_fault(ALPHA, cause),
            KeyPoint::Beta => header.point_fault(BETA_G2, cause),
            KeyPoint::Gamma => header.point_fault(GAMMA_G2, cause),
            KeyPoint::Delta => header.point_fault(DELTA_G2, cause),
        },
        error => header.points.fault(Fault::Key(KeyError::VerifyingKey(error))),
    }
}
