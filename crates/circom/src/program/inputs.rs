//! The inputs of a circuit, as `input.json` names them.

use core::fmt;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use std::collections::BTreeMap;
use tabella_primitives::{Fr, encoding::Canonical};
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
    /// A value that is no integer of the field: below the modulus in absolute value, in shortest decimal form.
    NotAnInteger,
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
                })
            }
        }
    }
}

impl core::error::Error for InputError {}

const REPEATED: &str = "this name stands there twice";
const NO_INTEGER: &str = "not an integer of the field in shortest decimal form";

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

    /// Reads `input.json`: an object of integers and arrays (of arrays ..) of integers. An integer is a number or a decimal
    /// text, and may be negative, which means `r - n`. (snarkjs also reduces larger ones; here they are refused.)
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
            let reason = if said.starts_with(REPEATED) {
                Syntax::RepeatedName
            } else if said.starts_with(NO_INTEGER) {
                Syntax::NotAnInteger
            } else {
                Syntax::Json
            };
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
        Ok(one(Fr::from(value)))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Values, E> {
        Ok(one(Fr::from(value)))
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Values, E> {
        Err(E::custom(NO_INTEGER))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Values, E> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let value = Fr::from_decimal(digits).map_err(|_| E::custom(NO_INTEGER))?;
        Ok(one(if negative { -value } else { value }))
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
