// Which of the two modules a page can run.
//
// A module with relaxed SIMD does not compile where the instructions are unknown; and where they are known, the multiply-add
// may round its product, which the field's arithmetic cannot bear. So the instruction is tried on one known product:
// (1 + 2^-30)(1 - 2^-30) - 1 is -2^-60, and 0 if the product is rounded first.

// (func (export "f") (param f64 f64 f64) (result f64)
//   (f64x2.extract_lane 0 (f64x2.relaxed_madd (f64x2.splat ..) (f64x2.splat ..) (f64x2.splat ..))))
const MODULE = Uint8Array.from([
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x01, 0x60, 0x03, 0x7c, 0x7c, 0x7c, 0x01, 0x7c, 0x03, 0x02,
    0x01, 0x00, 0x07, 0x05, 0x01, 0x01, 0x66, 0x00, 0x00, 0x0a, 0x16, 0x01, 0x14, 0x00, 0x20, 0x00, 0xfd, 0x14, 0x20, 0x01,
    0xfd, 0x14, 0x20, 0x02, 0xfd, 0x14, 0xfd, 0x87, 0x02, 0xfd, 0x21, 0x00, 0x0b,
]);

/** `"relaxed"` where relaxed multiply-add exists and is fused, else `"simd128"`. */
export function probe() {
    if (!WebAssembly.validate(MODULE)) return "simd128";
    const { f } = new WebAssembly.Instance(new WebAssembly.Module(MODULE)).exports;
    return f(1 + 2 ** -30, 1 - 2 ** -30, -1) === -(2 ** -60) ? "relaxed" : "simd128";
}
