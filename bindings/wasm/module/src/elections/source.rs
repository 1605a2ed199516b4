//! A file of the browser, read piece by piece, so that a large record is never in memory as a whole.

use js_sys::{Function, Uint8Array};
use std::io::{self, BufReader, Read};
use wasm_bindgen::{JsCast, JsValue};

/// Bytes that are asked for at a time.
const PIECE: u32 = 1 << 20;

/// A function `read(most)` that gives the next bytes, at most so many, and none at the end.
pub(crate) struct Source<'a>(&'a Function);

impl<'a> Source<'a> {
    /// A reader over it.
    pub(crate) fn reader(read: &'a Function) -> BufReader<Self> {
        BufReader::with_capacity(usize::try_from(PIECE).unwrap_or(usize::MAX), Self(read))
    }
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let failed = |what: &str| io::Error::other(what.to_owned());
        let most = u32::try_from(buffer.len()).unwrap_or(PIECE).min(PIECE);
        let piece =
            self.0.call1(&JsValue::NULL, &most.into()).map_err(|_| failed("the file cannot be read"))?;
        let piece: Uint8Array = piece.dyn_into().map_err(|_| failed("not bytes"))?;
        let length = usize::try_from(piece.length()).map_err(|_| failed("too many bytes"))?;
        let target = buffer.get_mut(..length).ok_or_else(|| failed("more bytes than were asked for"))?;
        piece.copy_to(target);
        Ok(length)
    }
}
