//! Names of constraints.
//!
//! arkworks notes with every constraint the `tracing` spans in which it was made; a prover that meets a constraint that
//! does not hold shows them as a path, `membership/path/level/03/child` say. Span names are fixed when the program is
//! compiled, hence the table behind [`numbered`]. Without a subscriber a span costs about a nanosecond.

use tracing::Span;

/// A span that names a part of a circuit; its guard keeps it open.
#[macro_export]
macro_rules! part {
    ($name:expr) => {
        ::tracing::info_span!(target: "gr1cs", $name).entered()
    };
}

/// Enforces `$a * $b = $c` in the constraint system `$cs` under a name. Where only values are wanted, and the matrices stand in
/// a key, this does nothing.
#[macro_export]
macro_rules! constrain {
    ($cs:expr, $name:literal, $a:expr, $b:expr, $c:expr) => {
        if $cs.should_construct_matrices() {
            let _name = $crate::part!($name);
            $cs.enforce_r1cs_constraint(|| $a, || $b, || $c)
        } else {
            Ok(())
        }
    };
}

macro_rules! by_tens {
    ($number:expr; $($tens:literal)*) => {
        match $number / 10 {
            $($tens => by_units!($number % 10; $tens; 0 1 2 3 4 5 6 7 8),)*
            _ => tracing::info_span!(target: "gr1cs", "beyond-259"),
        }
    };
}

macro_rules! by_units {
    ($unit:expr; $tens:literal; $($digit:literal)*) => {
        match $unit {
            $($digit => tracing::info_span!(target: "gr1cs", concat!($tens, $digit)),)*
            _ => tracing::info_span!(target: "gr1cs", concat!($tens, 9)),
        }
    };
}

/// A span named by a number, 0 to 259, in at least two digits.
#[must_use]
pub fn numbered(number: usize) -> Span {
    by_tens!(number; 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25)
}
