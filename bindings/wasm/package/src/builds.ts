// Which of the package's four builds this browser can run.

/** How field elements can be multiplied: by relaxed SIMD, or by the SIMD that every browser has. */
export const SIMDS = ["relaxed", "simd128"] as const;
export type Simd = (typeof SIMDS)[number];

/** Whether work is shared by threads, and how field elements are multiplied. */
export type Build = `${"threads" | "plain"}-${Simd}`;

// (func (drop (i8x16.splat (i32.const 0))))
const SIMD = Uint8Array.from([
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x04, 0x01, 0x60, 0x00, 0x00, 0x03, 0x02, 0x01, 0x00, 0x0a, 0x09,
    0x01, 0x07, 0x00, 0x41, 0x00, 0xfd, 0x0f, 0x1a, 0x0b,
]);

// (func (export "f") (param f64 f64 f64) (result f64)
//   (f64x2.extract_lane 0 (f64x2.relaxed_madd (f64x2.splat ..) (f64x2.splat ..) (f64x2.splat ..))))
const RELAXED = Uint8Array.from([
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x01, 0x60, 0x03, 0x7c, 0x7c, 0x7c, 0x01, 0x7c, 0x03, 0x02,
    0x01, 0x00, 0x07, 0x05, 0x01, 0x01, 0x66, 0x00, 0x00, 0x0a, 0x16, 0x01, 0x14, 0x00, 0x20, 0x00, 0xfd, 0x14, 0x20, 0x01,
    0xfd, 0x14, 0x20, 0x02, 0xfd, 0x14, 0xfd, 0x87, 0x02, 0xfd, 0x21, 0x00, 0x0b,
]);

/** Whether SIMD exists, which every build wants. */
export function hasSimd(): boolean {
    return typeof WebAssembly === "object" && WebAssembly.validate(SIMD);
}

/**
 * Whether relaxed SIMD exists: where the instructions are unknown, a module with them does not compile. Where a product is rounded before
 * the addition, which the module tries on one known product, it does without them all the same.
 */
export function hasRelaxedSimd(): boolean {
    return typeof WebAssembly === "object" && WebAssembly.validate(RELAXED);
}

/** Whether workers can share memory: in pages that are cross-origin isolated, and in Node. */
export function canShareMemory(): boolean {
    return typeof SharedArrayBuffer === "function" && (globalThis.crossOriginIsolated ?? true);
}

/** What was asked for, as far as this browser can do it. */
export function chooseBuild(
    threads: number | "auto",
    simd: "auto" | Simd,
    processors: number,
): { readonly build: Build; readonly threads: number; readonly simd: Simd } {
    const most = canShareMemory() ? processors : 1;
    const count = Math.max(1, Math.min(threads === "auto" ? 8 : threads, most));
    const kernel = simd !== "simd128" && hasRelaxedSimd() ? "relaxed" : "simd128";
    return { build: `${count > 1 ? "threads" : "plain"}-${kernel}`, threads: count, simd: kernel };
}
