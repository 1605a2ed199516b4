//! How ballots are filled in and how the result is found: the options that say so, and the rules in words.

use crate::{error::Failure, report::thousands};
use clap::{Args, ValueEnum};
use tabella::election::{Abstention, Comparison, Method, Quorum, Rules, Threshold, ThresholdBase, TieRule};

/// The rules; what is not given is the draft's.
#[derive(Args, Debug)]
pub(super) struct RuleArgs {
    /// How a ballot is filled in; all but the first two for secret ballots only
    #[arg(long, value_enum)]
    method: Option<MethodArg>,
    /// Approval: least number of options (default: 1)
    #[arg(long, value_name = "N", requires = "method")]
    min: Option<u16>,
    /// Approval: greatest number of options (default: all); score: points for one option; budget: points in all; quadratic: credits in all
    #[arg(long, value_name = "N", requires = "method")]
    max: Option<u32>,
    /// Number of winners
    #[arg(long, value_name = "N")]
    seats: Option<u16>,
    /// Ballots without any option are refused
    #[arg(long)]
    no_abstention: bool,
    /// A winner needs at least this share of the ballots with a choice (secret ballots: of all), such as 2/3; `>1/2` means more than it
    #[arg(long, value_name = "SHARE")]
    threshold: Option<String>,
    /// Least number of ballots, such as 100, or share of the registry, such as 25%
    #[arg(long, value_name = "QUORUM")]
    quorum: Option<String>,
    /// What happens when options have equally many votes
    #[arg(long, value_enum)]
    ties: Option<TiesArg>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum MethodArg {
    /// One option per ballot.
    SingleChoice,
    /// Several options per ballot.
    Approval,
    /// Points for each option, up to --max.
    Score,
    /// Up to --max points in all, spread over the options.
    Budget,
    /// --max credits in all; v votes for an option cost v times v.
    Quadratic,
    /// An order of all options: of k, k - 1 points for the first, 0 for the last.
    Borda,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum TiesArg {
    /// Nobody wins.
    NoWinner,
    /// All of them win.
    AllWin,
    /// The one that was listed first wins.
    OrderOfOptions,
}

impl RuleArgs {
    /// The rules of an election with so many options, whose ballots are secret or not.
    pub(super) fn rules(&self, draft: Option<Rules>, options: usize, secret: bool) -> Result<Rules, Failure> {
        let mut rules = draft.unwrap_or_else(Rules::single_choice);
        if let Some(method) = self.method {
            rules.method = self.method_of(method, options)?;
        }
        if let Some(seats) = self.seats {
            rules.seats = seats;
        }
        if self.no_abstention {
            rules.abstention = Abstention::Refused;
        }
        if let Some(text) = &self.threshold {
            // The sum of secret ballots does not tell how many of them chose something.
            let of = if secret { ThresholdBase::AllBallots } else { ThresholdBase::BallotsWithChoice };
            rules.threshold = threshold(text, of)?;
        }
        if let Some(text) = &self.quorum {
            rules.quorum = quorum(text)?;
        }
        match self.ties {
            Some(TiesArg::NoWinner) => rules.ties = TieRule::NoWinner,
            Some(TiesArg::AllWin) => rules.ties = TieRule::AllWin,
            Some(TiesArg::OrderOfOptions) => rules.ties = TieRule::OrderOfOptions,
            None => {}
        }
        Ok(rules)
    }

    fn method_of(&self, method: MethodArg, options: usize) -> Result<Method, Failure> {
        let name = method.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned());
        if self.min.is_some() && !matches!(method, MethodArg::Approval) {
            return Err(Failure::usage(format_args!("--min is for approval; {name} has no least number")));
        }
        if self.max.is_some() && matches!(method, MethodArg::SingleChoice | MethodArg::Borda) {
            return Err(Failure::usage(format_args!(
                "--max does not go with {name}, which leaves nothing to limit"
            )));
        }
        if self.max == Some(0) {
            return Err(Failure::usage(format_args!(
                "--max 0 leaves nothing to give: {name} needs 1 at least"
            )));
        }
        let missing = |what: &str| Failure::usage(format_args!("--method {name} needs --max: {what}"));
        let small = |max: u32| {
            let wrong = || {
                Failure::usage(format_args!("--max {max} is more than the {} that {name} allows", u16::MAX))
            };
            u16::try_from(max).map_err(|_| wrong())
        };
        Ok(match method {
            MethodArg::SingleChoice => Method::SingleChoice,
            MethodArg::Approval => {
                let all = u16::try_from(options).unwrap_or(u16::MAX);
                Method::Approval { min: self.min.unwrap_or(1), max: self.max.map_or(Ok(all), small)? }
            }
            MethodArg::Score => {
                Method::Score { max: small(self.max.ok_or_else(|| missing("the points for one option"))?)? }
            }
            MethodArg::Budget => {
                Method::Budget { points: small(self.max.ok_or_else(|| missing("the points in all"))?)? }
            }
            MethodArg::Quadratic => {
                Method::Quadratic { credits: self.max.ok_or_else(|| missing("the credits in all"))? }
            }
            MethodArg::Borda => Method::Borda,
        })
    }
}

/// `2/3`: at least two thirds; `>1/2`: more than half.
fn threshold(text: &str, of: ThresholdBase) -> Result<Threshold, Failure> {
    let (share, comparison) = match text.strip_prefix('>') {
        Some(share) => (share, Comparison::MoreThan),
        None => (text, Comparison::AtLeast),
    };
    let parts = share.split_once('/').and_then(|(n, d)| Some((n.parse::<u32>().ok()?, d.parse().ok()?)));
    let (numerator, denominator) = parts.ok_or_else(|| {
        Failure::usage(format_args!("--threshold: {text:?} is no share such as 2/3 or >1/2"))
    })?;
    if !(1..=denominator).contains(&numerator) {
        return Err(Failure::usage(format_args!("--threshold: {text:?} is no share above 0 and at most 1")));
    }
    Ok(Threshold::Share { numerator, denominator, comparison, of })
}

/// `100` ballots, or `12.5%` of the registry.
fn quorum(text: &str) -> Result<Quorum, Failure> {
    let wrong = || {
        Failure::usage(format_args!("--quorum: {text:?} is no number of ballots and no share such as 25%"))
    };
    let Some(percent) = text.strip_suffix('%') else {
        return text.parse().map(|count| Quorum::Ballots { count }).map_err(|_| wrong());
    };
    let (whole, fraction) = percent.split_once('.').unwrap_or((percent, ""));
    if fraction.len() > 2 || !fraction.bytes().all(|c| c.is_ascii_digit()) {
        return Err(wrong());
    }
    let hundredths: u16 = format!("{fraction:0<2}").parse().map_err(|_| wrong())?;
    let basis_points =
        whole.parse::<u16>().ok().and_then(|whole| whole.checked_mul(100)?.checked_add(hundredths));
    basis_points.map(|basis_points| Quorum::RegistryShare { basis_points }).ok_or_else(wrong)
}

/// The rules in words.
pub(super) fn rules_text(rules: &Rules) -> String {
    let mut parts = vec![match rules.method {
        Method::SingleChoice => "one option per ballot".to_owned(),
        Method::Approval { min, max } => format!("{min} to {max} options per ballot"),
        Method::Score { max } => format!("0 to {} points for each option", thousands(max.into())),
        Method::Budget { points } => {
            format!("up to {} points in all, spread over the options", thousands(points.into()))
        }
        Method::Quadratic { credits } => {
            format!(
                "{} credits in all, of which v votes for an option cost v times v",
                thousands(credits.into())
            )
        }
        Method::Borda => "an order of all options, the best first".to_owned(),
        _ => "see the manifest".to_owned(),
    }];
    parts.push(match rules.seats {
        1 => "one winner".to_owned(),
        seats => format!("{seats} winners"),
    });
    if let Threshold::Share { numerator, denominator, comparison, of } = rules.threshold {
        let comparison = if comparison == Comparison::MoreThan { "more than" } else { "at least" };
        let of = if of == ThresholdBase::AllBallots { "all ballots" } else { "the ballots with a choice" };
        parts.push(format!("{comparison} {numerator}/{denominator} of {of}"));
    }
    match rules.quorum {
        Quorum::Ballots { count } => parts.push(format!("quorum {} ballots", thousands(count))),
        Quorum::RegistryShare { basis_points } => {
            parts.push(format!("quorum {}.{:02}% of the registry", basis_points / 100, basis_points % 100));
        }
        _ => {}
    }
    if rules.abstention == Abstention::Refused {
        parts.push("no abstention".to_owned());
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_quorums_are_read() {
        assert_eq!(quorum("100").unwrap(), Quorum::Ballots { count: 100 });
        assert_eq!(quorum("25%").unwrap(), Quorum::RegistryShare { basis_points: 2500 });
        assert_eq!(quorum("12.5%").unwrap(), Quorum::RegistryShare { basis_points: 1250 });
        for text in ["", "%", "x%", "1.234%", "-1", "1.x%", "700%%"] {
            assert_eq!(quorum(text).unwrap_err().exit(), crate::error::EXIT_USAGE, "{text:?}");
        }
        let share = |comparison| Threshold::Share {
            numerator: 1,
            denominator: 2,
            comparison,
            of: ThresholdBase::BallotsWithChoice,
        };
        let threshold = |text| threshold(text, ThresholdBase::BallotsWithChoice);
        assert_eq!(threshold("1/2").unwrap(), share(Comparison::AtLeast));
        assert_eq!(threshold(">1/2").unwrap(), share(Comparison::MoreThan));
        assert_eq!(threshold("half").unwrap_err().exit(), crate::error::EXIT_USAGE);
        for text in ["0/2", "3/2", "1/0", ">3/2"] {
            let said = format!("--threshold: {text:?} is no share above 0 and at most 1");
            assert_eq!(threshold(text).unwrap_err().message(), said);
        }
    }
}
