//! Verifying keys, proofs and public inputs as snarkjs writes them, read strictly.
//!
//! | file of snarkjs | here |
//! | --- | --- |
//! | `verification_key.json` | [`key_from_json`], [`key_to_json`] |
//! | `proof.json` | [`proof_from_json`], [`proof_to_json`] |
//! | `public.json` | [`inputs_from_json`], [`inputs_to_json`] |
//! | the eight numbers that a Solidity verifier takes | [`proof_from_points`], [`proof_to_points`] |
//!
//! Coordinates are decimal strings in their shortest form and below q; G2 coordinates are `[c0, c1]`; points carry a third
//! coordinate, which must be one. Text longer than the limits below is refused before it is parsed.

use crate::{
    key::{KeyError, KeyPoint, VerifyingKey},
    lines::FixedLines,
    pairing::pairing,
    point,
    proof::{DecodeError, Proof, ProofPoint},
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use ark_bn254::{Fq, Fq2, Fq6, Fq12, G1Affine, G2Affine};
use ark_ff::Field;
use core::fmt;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tabella_primitives::{
    Fr,
    encoding::{Canonical, EncodingError},
};

/// Longest text of a verifying key or of public inputs, in bytes: room for some thousand inputs.
pub const MAX_KEY_JSON: usize = 1 << 20;
/// Longest text of a proof, in bytes.
pub const MAX_PROOF_JSON: usize = 1 << 13;

/// Why a text is not what snarkjs writes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonError {
    /// The text is longer than any honest one.
    TooLong {
        /// Greatest length, in bytes.
        limit: usize,
        /// Length found.
        actual: usize,
    },
    /// It is not JSON of the expected shape: a field is missing, unknown, doubled or of another type.
    Syntax {
        /// Line of the text, from 1.
        line: usize,
        /// Column in the line, from 1.
        column: usize,
        /// What the parser says.
        message: String,
    },
    /// The file is for another proof system.
    Protocol {
        /// What was found in place of `groth16`.
        actual: String,
    },
    /// The file is for another curve.
    Curve {
        /// What was found in place of `bn128`.
        actual: String,
    },
    /// `nPublic` and the number of `IC` points contradict each other.
    InputCount {
        /// What `nPublic` says.
        stated: usize,
        /// Number of `IC` points less one, 0 if there is none.
        actual: usize,
    },
    /// `vk_alphabeta_12` is not `e(alpha, beta)`.
    AlphaBeta,
    /// The public input at this position is not a canonical number.
    Input {
        /// Position, from 0.
        index: usize,
        /// What is wrong with it.
        cause: EncodingError,
    },
    /// The numbers are not a verifying key.
    Key(KeyError),
    /// The numbers are not a proof.
    Proof(DecodeError),
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { limit, actual } => {
                write!(f, "the text has {actual} bytes; at most {limit} are read")
            }
            Self::Syntax { line, column, message } => write!(f, "line {line}, column {column}: {message}"),
            Self::Protocol { actual } => write!(f, "the protocol is {actual:?}, not \"groth16\""),
            Self::Curve { actual } => write!(f, "the curve is {actual:?}, not \"bn128\""),
            Self::InputCount { stated, actual } => {
                write!(f, "nPublic says {stated}, but IC has points for {actual} public inputs")
            }
            Self::AlphaBeta => f.write_str("vk_alphabeta_12 is not the pairing of vk_alpha_1 and vk_beta_2"),
            Self::Input { index, cause } => write!(f, "public input {index}: {cause}"),
            Self::Key(error) => error.fmt(f),
            Self::Proof(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for JsonError {}

impl From<KeyError> for JsonError {
    fn from(error: KeyError) -> Self {
        Self::Key(error)
    }
}

impl From<DecodeError> for JsonError {
    fn from(error: DecodeError) -> Self {
        Self::Proof(error)
    }
}

type G1Text = [String; 3];
type G2Text = [[String; 2]; 3];
type GtText = [[[String; 2]; 3]; 2];

/// `verification_key.json`, in snarkjs' order of fields.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    protocol: String,
    curve: String,
    #[serde(rename = "nPublic")]
    n_public: usize,
    vk_alpha_1: G1Text,
    vk_beta_2: G2Text,
    vk_gamma_2: G2Text,
    vk_delta_2: G2Text,
    // Some writers leave this out: it follows from the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    vk_alphabeta_12: Option<GtText>,
    #[serde(rename = "IC")]
    ic: Vec<G1Text>,
}

/// `proof.json`, in snarkjs' order of fields.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProofFile {
    pi_a: G1Text,
    pi_b: G2Text,
    pi_c: G1Text,
    protocol: String,
    /// rapidsnark leaves it out.
    #[serde(default = "curve")]
    curve: String,
}

fn curve() -> String {
    CURVE.to_string()
}

/// Reads `verification_key.json`.
///
/// # Errors
/// [`JsonError`]; in `Key` the faulty point is named, and weak keys are refused.
pub fn key_from_json(text: &str) -> Result<VerifyingKey, JsonError> {
    let file: KeyFile = parse(text, MAX_KEY_JSON)?;
    check_system(file.protocol, file.curve)?;
    if file.n_public.checked_add(1) != Some(file.ic.len()) {
        return Err(JsonError::InputCount { stated: file.n_public, actual: file.ic.len().saturating_sub(1) });
    }
    let at = |point| move |cause| KeyError::Point { point, cause };
    let ic: Result<Vec<_>, _> = file
        .ic
        .iter()
        .enumerate()
        .map(|(index, text)| read_g1(text).map_err(at(KeyPoint::Ic(index))))
        .collect();
    let key = VerifyingKey::from_parts(
        read_g1(&file.vk_alpha_1).map_err(at(KeyPoint::Alpha))?,
        read_g2(&file.vk_beta_2).map_err(at(KeyPoint::Beta))?,
        read_g2(&file.vk_gamma_2).map_err(at(KeyPoint::Gamma))?,
        read_g2(&file.vk_delta_2).map_err(at(KeyPoint::Delta))?,
        ic?,
    )?;
    match file.vk_alphabeta_12 {
        Some(stated) if stated != alpha_beta(&key) => Err(JsonError::AlphaBeta),
        _ => Ok(key),
    }
}

/// Writes `verification_key.json`, with line breaks.
#[must_use]
pub fn key_to_json(key: &VerifyingKey) -> String {
    write(&KeyFile {
        protocol: PROTOCOL.to_string(),
        curve: CURVE.to_string(),
        n_public: key.public_inputs(),
        vk_alpha_1: write_g1(key.alpha()),
        vk_beta_2: write_g2(key.beta()),
        vk_gamma_2: write_g2(key.gamma()),
        vk_delta_2: write_g2(key.delta()),
        vk_alphabeta_12: Some(alpha_beta(key)),
        ic: key.ic().iter().map(write_g1).collect(),
    })
}

/// Reads `proof.json`, as snarkjs and rapidsnark write it.
///
/// # Errors
/// [`JsonError`]; in `Proof` the faulty point is named.
pub fn proof_from_json(text: &str) -> Result<Proof, JsonError> {
    let file: ProofFile = parse(text, MAX_PROOF_JSON)?;
    check_system(file.protocol, file.curve)?;
    let at = |point| move |cause| DecodeError::Point { point, cause };
    Ok(Proof::from_parts(
        read_g1(&file.pi_a).map_err(at(ProofPoint::A))?,
        read_g2(&file.pi_b).map_err(at(ProofPoint::B))?,
        read_g1(&file.pi_c).map_err(at(ProofPoint::C))?,
    )?)
}

/// Writes `proof.json`, with line breaks.
#[must_use]
pub fn proof_to_json(proof: &Proof) -> String {
    write(&ProofFile {
        pi_a: write_g1(proof.a()),
        pi_b: write_g2(proof.b()),
        pi_c: write_g1(proof.c()),
        protocol: PROTOCOL.to_string(),
        curve: curve(),
    })
}

/// Reads `public.json`: a list of decimal strings.
///
/// # Errors
/// [`JsonError::TooLong`], [`JsonError::Syntax`], or [`JsonError::Input`] for a number that is not canonical.
pub fn inputs_from_json(text: &str) -> Result<Vec<Fr>, JsonError> {
    let inputs: Vec<String> = parse(text, MAX_KEY_JSON)?;
    inputs
        .iter()
        .enumerate()
        .map(|(index, text)| Fr::from_decimal(text).map_err(|cause| JsonError::Input { index, cause }))
        .collect()
}

/// Writes `public.json`, with line breaks.
#[must_use]
pub fn inputs_to_json(inputs: &[Fr]) -> String {
    write(&inputs.iter().map(Canonical::to_decimal).collect::<Vec<_>>())
}

/// Makes a proof of eight decimal coordinates in the order of [`Proof::to_bytes`], as Semaphore packs them.
///
/// # Errors
/// [`DecodeError::Point`].
pub fn proof_from_points(points: &[&str; 8]) -> Result<Proof, DecodeError> {
    let [ax, ay, bx1, bx0, by1, by0, cx, cy] = points;
    let at = |point| move |cause| DecodeError::Point { point, cause };
    let g1 = |x: &str, y: &str| Ok(G1Affine::new_unchecked(Fq::from_decimal(x)?, Fq::from_decimal(y)?));
    let g2 = || Ok(G2Affine::new_unchecked(read_fq2(bx0, bx1)?, read_fq2(by0, by1)?));
    Proof::from_parts(
        g1(ax, ay).map_err(at(ProofPoint::A))?,
        g2().map_err(at(ProofPoint::B))?,
        g1(cx, cy).map_err(at(ProofPoint::C))?,
    )
}

/// The eight coordinates of a proof as decimal text, in the order of [`Proof::to_bytes`].
#[must_use]
pub fn proof_to_points(proof: &Proof) -> [String; 8] {
    let (a, b, c) = (proof.a(), proof.b(), proof.c());
    [a.x, a.y, b.x.c1, b.x.c0, b.y.c1, b.y.c0, c.x, c.y].map(|coordinate| coordinate.to_decimal())
}

const PROTOCOL: &str = "groth16";
/// snarkjs' name of BN254.
const CURVE: &str = "bn128";

/// Parses text of limited length; the depth is limited by serde_json.
pub(crate) fn parse<T: DeserializeOwned>(text: &str, limit: usize) -> Result<T, JsonError> {
    if text.len() > limit {
        return Err(JsonError::TooLong { limit, actual: text.len() });
    }
    serde_json::from_str(text).map_err(|error| JsonError::Syntax {
        line: error.line(),
        column: error.column(),
        message: error.to_string(),
    })
}

fn write<T: Serialize>(value: &T) -> String {
    serde_json::to_string_pretty(value).expect("strings and numbers are always JSON")
}

fn check_system(protocol: String, curve: String) -> Result<(), JsonError> {
    if protocol != PROTOCOL {
        Err(JsonError::Protocol { actual: protocol })
    } else if curve != CURVE {
        Err(JsonError::Curve { actual: curve })
    } else {
        Ok(())
    }
}

/// snarkjs writes projective coordinates; all its files are normalised to z = 1, and `[0, 1, 0]` is the identity.
fn read_g1([x, y, z]: &G1Text) -> Result<G1Affine, EncodingError> {
    check_one(Fq::from_decimal(z)?)?;
    point::g1_from_coordinates(Fq::from_decimal(x)?, Fq::from_decimal(y)?)
}

fn read_g2([[x0, x1], [y0, y1], [z0, z1]]: &G2Text) -> Result<G2Affine, EncodingError> {
    check_one(read_fq2(z0, z1)?)?;
    point::g2_from_coordinates(read_fq2(x0, x1)?, read_fq2(y0, y1)?)
}

fn read_fq2(c0: &str, c1: &str) -> Result<Fq2, EncodingError> {
    Ok(Fq2::new(Fq::from_decimal(c0)?, Fq::from_decimal(c1)?))
}

fn check_one<F: Field>(z: F) -> Result<(), EncodingError> {
    if z == F::ONE {
        Ok(())
    } else if z == F::ZERO {
        Err(EncodingError::Identity)
    } else {
        Err(EncodingError::NotCanonical)
    }
}

fn write_g1(point: &G1Affine) -> G1Text {
    [point.x.to_decimal(), point.y.to_decimal(), Fq::ONE.to_decimal()]
}

fn write_g2(point: &G2Affine) -> G2Text {
    [point.x, point.y, Fq2::ONE].map(write_fq2)
}

fn write_fq2(value: Fq2) -> [String; 2] {
    [value.c0.to_decimal(), value.c1.to_decimal()]
}

/// `e(alpha, beta)`. snarkjs and arkworks raise to the same power in the final exponentiation (the tests compare): that of
/// L. Fuentes-Castaneda, E. Knapp, F. Rodriguez-Henriquez, "Faster hashing to G2", SAC 2011, section 5.
fn alpha_beta(key: &VerifyingKey) -> GtText {
    let value: Fq12 = pairing(key.alpha(), &FixedLines::new(key.beta())).to_field();
    [value.c0, value.c1].map(|half: Fq6| [half.c0, half.c1, half.c2].map(write_fq2))
}
