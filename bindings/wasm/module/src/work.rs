//! Progress and cancellation of one piece of work.

use crate::failure::Failure;
use core::ops::ControlFlow;
use js_sys::Function;
use tabella::{
    primitives::{progress::Progress, rng},
    prover::{CancelToken, Prover, ProvingKey, Stage},
};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// Where progress is reported, and the flag that stops the work.
#[wasm_bindgen]
pub struct Work {
    observer: Function,
    cancel: CancelToken,
}

#[wasm_bindgen]
impl Work {
    /// Calls `observer(stage, done, total)`; without numbers where a stage has none.
    #[wasm_bindgen(constructor)]
    pub fn new(observer: Function) -> Self {
        let cancel = CancelToken::new();
        // The page sets the flag until it has heard that the work is done, which is later: these few bytes are never freed.
        core::mem::forget(cancel.clone());
        Self { observer, cancel }
    }

    /// Where in memory the flag lies: a byte that another thread sets to 1 to stop the work.
    #[wasm_bindgen(js_name = flagAddress)]
    pub fn flag_address(&self) -> usize {
        core::ptr::from_ref(self.cancel.flag()).addr()
    }
}

impl Work {
    /// Says that a stage begins. A listener that throws is not this work's affair.
    pub(crate) fn stage(&self, stage: &str) {
        let _ = self.observer.call1(&JsValue::NULL, &stage.into());
    }

    /// Says how far a stage has come.
    pub(crate) fn progress(&self, stage: &str, done: u64, total: u64) {
        let number = |count: u64| JsValue::from_f64(to_f64(count));
        let _ = self.observer.call3(&JsValue::NULL, &stage.into(), &number(done), &number(total));
    }

    /// A callback for [`Progress`].
    pub(crate) fn meter(&self, stage: &'static str) -> impl FnMut(Progress) + '_ {
        move |progress| self.progress(stage, progress.done, progress.total)
    }

    pub(crate) fn check(&self) -> Result<(), Failure> {
        self.cancel.check().map_err(Failure::with("cancelled"))
    }

    /// A prover that reports to this work and is stopped by it.
    pub(crate) fn prover<'a>(&'a self, key: &'a ProvingKey) -> Prover<'a> {
        Prover::new(key)
            .on_stage(|stage: Stage| {
                self.stage(&stage.to_string());
                ControlFlow::Continue(())
            })
            .cancelled_by(&self.cancel)
    }
}

/// A count as JavaScript's number, exact below 2^53.
pub(crate) fn to_f64(count: u64) -> f64 {
    let half = |shift: u32| f64::from(u32::try_from((count >> shift) & 0xffff_ffff).unwrap_or(u32::MAX));
    half(32).mul_add(4_294_967_296.0, half(0))
}

/// A generator seeded by the browser.
pub(crate) fn generator() -> Result<impl tabella::primitives::rng::CryptoRng, Failure> {
    Ok(rng::from_os()?)
}
