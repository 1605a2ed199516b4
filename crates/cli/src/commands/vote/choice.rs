//! What a citizen puts on a ballot, in the same words under all rules.

use crate::{error::Failure, report::counted};
use clap::Args;
use std::{collections::BTreeSet, str::FromStr};
use tabella::{
    ballot::Selection,
    election::{Manifest, Method, VotesError},
};

/// What is chosen.
#[derive(Args, Debug)]
pub(super) struct ChoiceArgs {
    /// What is chosen: a label, or an option's number from 0; give it once for each. Where the rules give points, OPTION=POINTS; where they
    /// ask for an order, all options, the best first
    #[arg(long = "select", short, value_name = "OPTION", required_unless_present_any = ["abstain", "numbers"])]
    select: Vec<String>,
    /// The same, always by number from 0: for labels that are numbers too
    #[arg(long = "select-number", value_name = "NUMBER")]
    numbers: Vec<String>,
    /// Choose nothing
    #[arg(long, conflicts_with_all = ["select", "numbers"])]
    abstain: bool,
}

impl ChoiceArgs {
    /// The choice on an open ballot.
    pub(super) fn selection(&self, manifest: &Manifest) -> Result<Selection, Failure> {
        let indices = self.indices(manifest.options())?;
        Selection::from_indices(manifest, indices)
            .map_err(|cause| Failure::refused("invalid-selection", cause))
    }

    /// The numbers on a secret ballot, for the options named. What the rules say about them, the ballot's maker checks.
    pub(super) fn numbers<'a>(&self, manifest: &'a Manifest) -> Result<Vec<(&'a str, u64)>, Failure> {
        let options = manifest.options();
        let chosen: Vec<(u16, u64)> = match manifest.rules().method {
            _ if self.abstain => Vec::new(),
            Method::SingleChoice | Method::Approval { .. } => {
                self.selection(manifest)?.indices().iter().map(|index| (*index, 1)).collect()
            }
            Method::Borda => self.order(options)?,
            method => self.points(options, method)?,
        };
        let label = |(index, number): (u16, u64)| Some((options.get(usize::from(index))?.as_str(), number));
        Ok(chosen.into_iter().filter_map(label).collect())
    }

    /// Options without points.
    fn indices(&self, options: &[String]) -> Result<Vec<u16>, Failure> {
        let by_number = self.numbers.iter().map(|text| index(options, text));
        let chosen: Vec<u16> = by_number
            .chain(self.select.iter().map(|text| option(options, text)))
            .collect::<Result<_, _>>()?;
        check_distinct(options, chosen.iter().copied())?;
        Ok(chosen)
    }

    /// `OPTION=POINTS` each.
    fn points(&self, options: &[String], method: Method) -> Result<Vec<(u16, u64)>, Failure> {
        let example = options.first().map_or("", String::as_str);
        let points = |text: &str| {
            let name = method.name();
            // The last one: a label may have others in it.
            let parts = match text.rsplit_once('=') {
                None => Err(format!("{text:?} does not say how many: the rules, {name}, ask for numbers")),
                Some((option, points)) => match number::<u64>(points) {
                    Some(points) => Ok((option.to_owned(), points)),
                    None => Err(format!(
                        "{text:?}: {points:?} is no number that the rules, {name}, allow: whole, from 0 on, and not beyond their bound"
                    )),
                },
            };
            parts.map_err(|cause| {
                Failure::usage(cause).hint(format!(
                    "such as --select {:?}; options that are not named get 0",
                    format!("{example}=1")
                ))
            })
        };
        let by_number = self
            .numbers
            .iter()
            .map(|text| points(text).and_then(|(text, n)| Ok((index(options, &text)?, n))));
        let by_label = self
            .select
            .iter()
            .map(|text| points(text).and_then(|(text, n)| Ok((option(options, &text)?, n))));
        let chosen: Vec<(u16, u64)> = by_number.chain(by_label).collect::<Result<_, _>>()?;
        check_distinct(options, chosen.iter().map(|(index, _)| *index))?;
        Ok(chosen)
    }

    /// All options, the best first, which gets the most points.
    fn order(&self, options: &[String]) -> Result<Vec<(u16, u64)>, Failure> {
        if !self.select.is_empty() && !self.numbers.is_empty() {
            return Err(Failure::usage("an order is given by --select or by --select-number, not by both"));
        }
        let order = self.indices(options)?;
        if order.len() != options.len() {
            return Err(Failure::usage(format_args!(
                "named: {}; the rules ask for an order of all {}, the best first",
                counted(u64::try_from(order.len()).unwrap_or(u64::MAX), "option"),
                options.len()
            )));
        }
        let points = (0u64..).take(order.len()).collect::<Vec<_>>();
        Ok(order.into_iter().zip(points.into_iter().rev()).collect())
    }
}

/// Why the numbers on a secret ballot are against the rules, with what was chosen.
pub(super) fn votes_failure(manifest: &Manifest, chosen: &[(&str, u64)], error: &VotesError) -> Failure {
    let numbers = chosen.iter().map(|(_, number)| u128::from(*number));
    let cause = match *error {
        VotesError::TooMany { max, .. } => {
            let most = chosen.iter().find(|(_, number)| *number > max.into());
            let (label, number) = most.copied().unwrap_or_default();
            format!("{label:?} gets {number}, and one option gets at most {max}")
        }
        VotesError::Sum { min, max } => {
            let sum: u128 = numbers.sum();
            let bounds = if min == max { format!("{max}") } else { format!("{min} to {max}") };
            format!("the numbers add up to {sum}, and the rules ask for {bounds} in all")
        }
        VotesError::Credits { credits } => {
            let cost = numbers.fold(0u128, |cost, votes| cost.saturating_add(votes.saturating_mul(votes)));
            format!("the votes cost {cost} credits, v times v for each option, and there are {credits}")
        }
        _ => error.to_string(),
    };
    let name = manifest.rules().method.name();
    Failure::refused(
        "invalid-selection",
        format_args!("the rules, {name}, do not allow this choice: {cause}"),
    )
}

/// Refuses a choice that names an option twice.
fn check_distinct(options: &[String], chosen: impl Iterator<Item = u16>) -> Result<(), Failure> {
    let mut seen = BTreeSet::new();
    for index in chosen {
        if !seen.insert(index) {
            let label = options.get(usize::from(index)).map_or("", String::as_str);
            return Err(Failure::refused("invalid-selection", format_args!("{label:?} is chosen twice")));
        }
    }
    Ok(())
}

/// The index of an option from its number.
fn index(options: &[String], text: &str) -> Result<u16, Failure> {
    number::<u16>(text).filter(|index| usize::from(*index) < options.len()).ok_or_else(|| {
        Failure::usage(format_args!("there is no option with number {text:?}"))
            .hint(format!("options are numbered from 0 to {}", options.len().saturating_sub(1)))
    })
}

/// The index of an option from its label or its number. What is the label of one option and the number of another is
/// refused: a vote is not for guessing.
fn option(options: &[String], text: &str) -> Result<u16, Failure> {
    let label = options.iter().position(|label| label == text).and_then(|index| u16::try_from(index).ok());
    let number = number::<u16>(text).filter(|index| usize::from(*index) < options.len());
    match (label, number) {
        (Some(label), Some(number)) if label != number => Err(Failure::usage(format_args!(
            "{text:?} is the label of option {label} and the number of option {number}"
        ))
        .hint(format!("say --select-number {label} or --select-number {number}"))),
        (Some(index), _) | (None, Some(index)) => Ok(index),
        (None, None) => Err(Failure::usage(format_args!("there is no option {text:?}"))
            .hint(format!("the options are: {}", options.join(", ")))),
    }
}

/// A number as it is written in one way only: no sign, no zeros before it.
fn number<N: FromStr>(text: &str) -> Option<N> {
    let canonical = text == "0" || (!text.starts_with('0') && text.bytes().all(|c| c.is_ascii_digit()));
    if canonical { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_is_named_in_one_way() {
        let options = ["Library", "Owls", "3", "1"].map(str::to_owned);
        assert_eq!(option(&options, "Owls").unwrap(), 1);
        assert_eq!(option(&options, "0").unwrap(), 0);
        assert_eq!(option(&options, "2").unwrap(), 2);
        for text in ["+1", "01", "-1", " 1", "1 ", "", "4", "65536", "owls", "1", "3"] {
            assert_eq!(option(&options, text).unwrap_err().exit(), crate::error::EXIT_USAGE, "{text:?}");
        }
        let ambiguous = option(&options, "1").unwrap_err();
        assert_eq!(ambiguous.message(), "\"1\" is the label of option 3 and the number of option 1");
        // The label of an option that is its own number, or of no other, is plain.
        let options = ["0", "9", "Owls"].map(str::to_owned);
        assert_eq!((option(&options, "0").unwrap(), option(&options, "9").unwrap()), (0, 1));
    }
}
