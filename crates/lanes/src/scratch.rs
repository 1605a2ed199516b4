//! Memory that is reused from block to block, whatever the engine keeps in it.

use core::any::Any;

/// Room that one thread works in. Not shared, not part of any result.
#[derive(Default)]
pub struct Scratch(Option<Box<dyn Any + Send>>);

impl core::fmt::Debug for Scratch {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Scratch")
    }
}

impl Scratch {
    /// The room for values of one type, made anew when another type was kept before.
    pub(crate) fn get<T: Any + Send + Default>(&mut self) -> &mut T {
        if !self.0.as_ref().is_some_and(|kept| kept.is::<T>()) {
            self.0 = Some(Box::new(T::default()));
        }
        let kept = self.0.as_mut().and_then(|kept| kept.downcast_mut());
        kept.expect("room of this type was made just now")
    }
}
