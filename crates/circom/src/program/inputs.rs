//! The inputs of a circuit, as `input.json` names them.

use core::fmt;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use std::collections::BTreeMap;
use tabella_primitives::Fr;
use zeroize::Zeroizing;

/// Longest `input.json` that is read, in bytes.
pub const MAX_INPUT_JSON: usize = 1 << 28;

/// Inputs of a circuit by name. An array is flat, its last index fastest, as circom lays it out.
///
/// Secret: most inputs are. Printed as `Inputs(..)`, erased when dropped.
#[derive(Default)]
pub struct Inputs(BTreeMap<String, Zeroizing<Vec<Fr>>>);

impl fmt::Debug for Inputs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Inputs(..)")
    }
}

/// Why a text is not the inputs of a circuit. Says nothing of their values.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InputError {
    /// Longer than [`MAX_INPUT_JSON`].
    TooLong {
        /// Its length in bytes.
        bytes: usize,
    },
    /// Not an object of integers, or texts of integers, and arrays of them.
    Syntax {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong.
        reason: Syntax,
    },
}

/// What is wrong with `input.json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Syntax {
    /// Not JSON.
    Json,
    /// The same name twice.
    RepeatedName,
    /// A value that is no integer, such as `1.5`, `1e3`, `""` or `"0x"`.
    NotAnInteger,
    /// A number beyond [`MAX_EXACT`] that is not in quotes: JavaScript rounds it, so that snarkjs would compute with another one.
    Rounded,
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { bytes } => {
                write!(f, "the inputs have {bytes} bytes; at most {MAX_INPUT_JSON} are read")
            }
            Self::Syntax { line, column, reason } => {
                write!(f, "the inputs, line {line}, column {column}: ")?;
                f.write_str(match reason {
                    Syntax::Json => "not an object of integers and arrays of integers",
                    Syntax::RepeatedName => REPEATED,
                    Syntax::NotAnInteger => NO_INTEGER,
                    Syntax::Rounded => ROUNDED,
                })
            }
        }
    }
}

impl core::error::Error for InputError {}

const REPEATED: &str = "this name stands there twice";
const NO_INTEGER: &str = "not an integer: write one in digits, such as 31, \"-31\" or \"0x1f\"";
const ROUNDED: &str = "JavaScript rounds numbers beyond 9007199254740991: write it in quotes";

/// Greatest absolute value of a number without quotes: up to here JavaScript has every integer.
pub const MAX_EXACT: u64 = (1 << 53) - 1;

impl Inputs {
    /// No inputs yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets an input; a single number is an array of one. What the name stood for before is replaced.
    pub fn insert(&mut self, name: impl Into<String>, values: Zeroizing<Vec<Fr>>) {
        self.0.insert(name.into(), values);
    }

    /// Reads `input.json`: an object of integers and arrays (of arrays ..) of integers, each taken modulo r, as snarkjs does.
    ///
    /// | written | stands for |
    /// | --- | --- |
    /// | `31`, `-31` | itself, at most [`MAX_EXACT`] in absolute value |
    /// | `"31"`, `"-31"`, `"+31"`, `"031"` | the same, of any length |
    /// | `"0x1f"`, `"0o37"`, `"0b11111"` | 31, of any length, without a sign |
    /// | `true`, `false` | 1 and 0 |
    ///
    /// White space around a text does not count. Two things that snarkjs takes are refused, since they are most likely not meant: an
    /// empty text, which it reads as 0, and a number beyond [`MAX_EXACT`] without quotes, which it rounds.
    ///
    /// Only here a value has more than one form: inputs are the caller's own. Proofs and public inputs are read in one form alone.
    ///
    /// # Errors
    /// [`InputError`].
    pub fn from_json(text: &str) -> Result<Self, InputError> {
        let bytes = text.len();
        if bytes > MAX_INPUT_JSON {
            return Err(InputError::TooLong { bytes });
        }
        serde_json::from_str(text).map_err(|error| {
            // serde_json appends the place to what the visitors below say.
            let said = error.to_string();
            let known = [
                (REPEATED, Syntax::RepeatedName),
                (NO_INTEGER, Syntax::NotAnInteger),
                (ROUNDED, Syntax::Rounded),
            ];
            let reason = known.into_iter().find(|(text, _)| said.starts_with(text));
            let reason = reason.map_or(Syntax::Json, |(_, reason)| reason);
            InputError::Syntax { line: error.line(), column: error.column(), reason }
        })
    }

    /// Names and values, ordered by name.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &[Fr])> {
        self.0.iter().map(|(name, values)| (name.as_str(), values.as_slice()))
    }
}

impl<'de> Deserialize<'de> for Inputs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Object)
    }
}

/// The object itself.
struct Object;

impl<'de> Visitor<'de> for Object {
    type Value = Inputs;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of inputs")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Inputs, A::Error> {
        let mut inputs = Inputs::new();
        while let Some(name) = map.next_key::<String>()? {
            let values = map.next_value::<Values>()?.0;
            if inputs.0.insert(name, values).is_some() {
                return Err(A::Error::custom(REPEATED));
            }
        }
        Ok(inputs)
    }
}

/// An integer, or an array of values, flat.
struct Values(Zeroizing<Vec<Fr>>);

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Value)
    }
}

struct Value;

fn one(value: Fr) -> Values {
    Values(Zeroizing::new(vec![value]))
}

impl<'de> Visitor<'de> for Value {
    type Value = Values;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer or an array")
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Values, E> {
        if value > MAX_EXACT { Err(E::custom(ROUNDED)) } else { Ok(one(Fr::from(value))) }
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Values, E> {
        if value.unsigned_abs() > MAX_EXACT { Err(E::custom(ROUNDED)) } else { Ok(one(Fr::from(value))) }
    }

    /// A fraction, a power of ten, or an integer beyond 64 bits.
    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Values, E> {
        let beyond = value.abs() >= 2f64.powi(64);
        Err(E::custom(if beyond { ROUNDED } else { NO_INTEGER }))
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Values, E> {
        Ok(one(Fr::from(value)))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Values, E> {
        integer(text).map(one).ok_or_else(|| E::custom(NO_INTEGER))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Values, A::Error> {
        let mut all = Zeroizing::new(Vec::new());
        while let Some(Values(mut values)) = sequence.next_element()? {
            // Grown by hand, so that nothing is left behind where it stood before.
            if all.capacity() - all.len() < values.len() {
                let mut larger = Zeroizing::new(Vec::with_capacity(2 * (all.len() + values.len())));
                larger.extend_from_slice(&all);
                all = larger;
            }
            all.append(&mut values);
        }
        Ok(Values(all))
    }
}

/// The integer that a text names, modulo r, in the forms that [`Inputs::from_json`] lists.
fn integer(text: &str) -> Option<Fr> {
    let text = text.trim();
    let prefixes = [("0x", 16), ("0X", 16), ("0o", 8), ("0O", 8), ("0b", 2), ("0B", 2)];
    let prefixed = prefixes.into_iter().find_map(|(prefix, radix)| Some((text.strip_prefix(prefix)?, radix)));
    if let Some((digits, radix)) = prefixed {
        return natural(digits, radix);
    }
    match text.strip_prefix('-') {
        Some(digits) => natural(digits, 10).map(|value| -value),
        None => natural(text.strip_prefix('+').unwrap_or(text), 10),
    }
}

/// Digits that are read at a time: with the greatest radix they fit 64 bits.
const DIGITS: usize = 15;

/// The number with these digits modulo r; none without digits.
fn natural(digits: &str, radix: u32) -> Option<Fr> {
    if digits.is_empty() {
        return None;
    }
    digits.as_bytes().chunks(DIGITS).try_fold(Fr::from(0u64), |value, part| {
        part.iter()
            .try_fold((value, 0u64, 1u64), |(value, low, unit), digit| {
                let digit = char::from(*digit).to_digit(radix)?;
                Some((value, low * u64::from(radix) + u64::from(digit), unit * u64::from(radix)))
            })
            .map(|(value, low, unit)| value * Fr::from(unit) + Fr::from(low))
    })
}
