//! Times of `tracing` spans, summed by name.

use serde::Serialize;
use std::{
    collections::BTreeMap,
    fmt::Debug,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};
use tracing::{
    Subscriber,
    field::{Field, Visit},
    span,
};
use tracing_subscriber::{Layer, layer::Context, registry::LookupSpan};

/// What was spent in spans of one name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Spent {
    /// Milliseconds between entering and leaving, summed over all threads.
    pub ms: f64,
    /// How many times a span was left.
    pub times: u32,
    /// Sum of the numbers that spans recorded as `multiplications`.
    pub multiplications: u64,
}

/// Sums up the times of the spans of one target, as a layer of a subscriber. Copies share their sums.
#[derive(Clone, Debug)]
pub struct SpanTimes {
    target: &'static str,
    sums: Arc<Mutex<BTreeMap<&'static str, Spent>>>,
}

/// When a span was entered.
struct Entered(Instant);

impl SpanTimes {
    /// For the spans of this target.
    #[must_use]
    pub fn of(target: &'static str) -> Self {
        Self { target, sums: Arc::default() }
    }

    /// The sums since the last call, by name.
    #[must_use]
    pub fn take(&self) -> BTreeMap<&'static str, Spent> {
        std::mem::take(&mut *self.sums.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The sum of the fields `multiplications`.
struct Multiplications(u64);

impl Visit for Multiplications {
    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "multiplications" {
            self.0 += value;
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for SpanTimes {
    fn on_record(&self, id: &span::Id, values: &span::Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id).filter(|span| span.metadata().target() == self.target) else {
            return;
        };
        let mut multiplications = Multiplications(0);
        values.record(&mut multiplications);
        let mut sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        sums.entry(span.name()).or_default().multiplications += multiplications.0;
    }

    fn on_enter(&self, id: &span::Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && span.metadata().target() == self.target
        {
            span.extensions_mut().replace(Entered(Instant::now()));
        }
    }

    fn on_exit(&self, id: &span::Id, context: Context<'_, S>) {
        let now = Instant::now();
        let Some(span) = context.span(id) else { return };
        let Some(Entered(since)) = span.extensions_mut().remove() else { return };
        let mut sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        let spent = sums.entry(span.name()).or_default();
        spent.ms += now.duration_since(since).as_secs_f64() * 1e3;
        spent.times += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{thread, time::Duration};
    use tracing_subscriber::layer::SubscriberExt;

    #[test]
    fn multiplications_that_spans_record_are_summed() {
        let times = SpanTimes::of("bench");
        let subscriber = tracing_subscriber::registry().with(times.clone());
        tracing::subscriber::with_default(subscriber, || {
            for count in [40u64, 2] {
                let multiplications = tracing::field::Empty;
                let span = tracing::info_span!(target: "bench", "sum", points = 9u64, multiplications);
                span.record("multiplications", count);
            }
            let other = tracing::info_span!(target: "other", "sum", multiplications = tracing::field::Empty);
            other.record("multiplications", 7u64);
        });
        assert_eq!(times.take()["sum"].multiplications, 42);
    }

    #[test]
    fn spans_of_the_target_are_summed_by_name() {
        let times = SpanTimes::of("bench");
        let subscriber = tracing_subscriber::registry().with(times.clone());
        tracing::subscriber::with_default(subscriber, || {
            for _ in 0..2 {
                let _outer = tracing::info_span!(target: "bench", "outer").entered();
                let _inner = tracing::info_span!(target: "bench", "inner").entered();
                let _foreign = tracing::info_span!(target: "other", "foreign").entered();
                thread::sleep(Duration::from_millis(3));
            }
        });
        let sums = times.take();
        assert_eq!(sums.keys().copied().collect::<Vec<_>>(), ["inner", "outer"]);
        assert_eq!((sums["inner"].times, sums["outer"].times), (2, 2));
        assert!(sums["inner"].ms >= 6.0 && sums["outer"].ms >= sums["inner"].ms);
        assert!(times.take().is_empty());
    }
}
