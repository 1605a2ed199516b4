//! A JSON array of field elements in decimal text, read without keeping the text.

use alloc::vec::Vec;
use core::fmt;
use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, SeqAccess, Visitor},
};
use tabella_primitives::{
    Fr,
    encoding::{Canonical, EncodingError},
};

/// The values up to the first that is not canonical, and where and what that is.
pub(super) struct DecimalList {
    pub(super) values: Vec<Fr>,
    pub(super) bad: Option<(usize, EncodingError)>,
}

impl<'de> Deserialize<'de> for DecimalList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ListVisitor)
    }
}

struct ListVisitor;

impl<'de> Visitor<'de> for ListVisitor {
    type Value = DecimalList;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of decimal numbers in quotes")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<DecimalList, A::Error> {
        let mut values = Vec::new();
        while let Some(Decimal(value)) = list.next_element()? {
            match value {
                Ok(value) => values.push(value),
                Err(error) => {
                    while list.next_element::<IgnoredAny>()?.is_some() {}
                    let bad = Some((values.len(), error));
                    return Ok(DecimalList { values, bad });
                }
            }
        }
        Ok(DecimalList { values, bad: None })
    }
}

struct Decimal(Result<Fr, EncodingError>);

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(DecimalVisitor)
    }
}

struct DecimalVisitor;

impl Visitor<'_> for DecimalVisitor {
    type Value = Decimal;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a decimal number in quotes")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Decimal, E> {
        Ok(Decimal(Fr::from_decimal(text)))
    }
}
