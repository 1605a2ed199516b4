//! Times: for people in RFC 3339, in files as seconds since 1970.

use crate::error::Failure;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// The clock of this machine, in seconds since 1970.
pub(crate) fn now() -> u64 {
    u64::try_from(Timestamp::now().as_second()).unwrap_or(0)
}

/// Reads `now`, `+90m` (from now), seconds since 1970, or RFC 3339 (`2026-11-22T08:00:00Z`, `..+01:00`).
pub(crate) fn parse(text: &str) -> Result<u64, Failure> {
    let wrong = || {
        Failure::usage(format_args!("{text:?} is no time"))
            .hint("use now, +7d, +90m, seconds since 1970, or 2026-11-22T08:00:00Z")
    };
    if text == "now" {
        return Ok(now());
    }
    if let Some(span) = text.strip_prefix('+') {
        let seconds = duration(span).ok_or_else(wrong)?;
        return now().checked_add(seconds).ok_or_else(wrong);
    }
    if text.strip_prefix('-').and_then(duration).is_some() {
        return Err(Failure::usage(format_args!(
            "{text:?} is before now: spans are counted from now on, with +"
        ))
        .hint("for a time that is past say it whole, such as 2026-11-22T08:00:00Z"));
    }
    if text.bytes().all(|c| c.is_ascii_digit()) && !text.is_empty() {
        return text.parse().map_err(|_| wrong());
    }
    let time: Timestamp = text.parse().map_err(|_| wrong())?;
    u64::try_from(time.as_second()).map_err(|_| wrong())
}

/// A time of a JSON file: seconds, or a text as [`parse`] reads it.
pub(crate) fn from_json(value: &Value) -> Result<u64, Failure> {
    match value {
        Value::Number(seconds) => seconds.as_u64().ok_or_else(|| {
            Failure::bad_input("malformed-file", format_args!("{seconds} is no time in seconds since 1970"))
        }),
        Value::String(text) => parse(text),
        other => Err(Failure::bad_input("malformed-file", format_args!("{other} is no time"))),
    }
}

/// For people: RFC 3339 in UTC.
pub(crate) fn show(seconds: u64) -> String {
    i64::try_from(seconds)
        .ok()
        .and_then(|s| Timestamp::from_second(s).ok())
        .map_or_else(|| format!("{seconds} s after 1970"), |time| time.to_string())
}

/// `90s`, `15m`, `2h`, `7d`.
fn duration(text: &str) -> Option<u64> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let factor = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    let seconds = digits.parse::<i64>().ok()?.checked_mul(factor)?;
    u64::try_from(SignedDuration::from_secs(seconds).as_secs()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_shown() {
        assert_eq!(parse("1700000000").unwrap(), 1_700_000_000);
        assert_eq!(parse("2023-11-14T22:13:20Z").unwrap(), 1_700_000_000);
        assert_eq!(parse("2023-11-14T23:13:20+01:00").unwrap(), 1_700_000_000);
        assert_eq!(show(1_700_000_000), "2023-11-14T22:13:20Z");
        assert!(parse("+2h").unwrap() >= now() + 7_199);
        assert!(parse("-7d").unwrap_err().message().starts_with("\"-7d\" is before now"));
        for text in [
            "",
            "-7d",
            "-7",
            "--7d",
            "+",
            "+h",
            "+-5m",
            "soon",
            "2023-11-14",
            "99999999999999999999",
            "+1w",
            "1969-01-01T00:00:00Z",
        ] {
            assert_eq!(parse(text).unwrap_err().exit(), crate::error::EXIT_USAGE, "{text:?}");
        }
    }
}
