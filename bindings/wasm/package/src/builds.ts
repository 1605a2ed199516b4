// Which of the package's builds this browser can run.

/** How field elements can be multiplied: by relaxed SIMD, or by the SIMD that every browser has. */
export const SIMDS = ["relaxed", "simd128"] as const;
export type Simd = (typeof SIMDS)[number];

/** What a module knows: everything, or Semaphore's proofs alone, in half the bytes. */
export type Parts = "tabella" | "semaphore";

/** What a module knows, whether work is shared by threads, and how field elements are multiplied. */
export type Build<P extends Parts = Parts> = `${P}-${"threads" | "plain"}-${Simd}`;

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
 * Whether relaxed SIMD exists, and multiplies as the library wants it: where the instructions are unknown, a module with them does not
 * compile, and a product may be rounded before the addition. So one known product is tried: (1 + 2^-30)(1 - 2^-30) - 1 is -2^-60, and 0 if
 * it is rounded first.
 */
export function hasRelaxedSimd(): boolean {
    if (typeof WebAssembly !== "object" || !WebAssembly.validate(RELAXED)) return false;
    try {
        const { f } = new WebAssembly.Instance(new WebAssembly.Module(RELAXED)).exports as { f: (a: number, b: number, c: number) => number };
        return f(1 + 2 ** -30, 1 - 2 ** -30, -1) === -(2 ** -60);
    } catch {
        // A Content-Security-Policy forbids modules: whoever starts one is told.
        return false;
    }
}

/** Whether workers can share memory: in pages that are cross-origin isolated, and in Node. */
export function canShareMemory(): boolean {
    return typeof SharedArrayBuffer === "function" && (globalThis.crossOriginIsolated ?? true);
}

/** What was asked for, as far as this browser can do it. */
export function chooseBuild<P extends Parts>(
    parts: P,
    threads: number | "auto",
    simd: "auto" | Simd,
    processors: number,
): { readonly build: Build<P>; readonly threads: number; readonly simd: Simd } {
    const most = canShareMemory() ? processors : 1;
    const count = Math.max(1, Math.min(threads === "auto" ? 8 : threads, most));
    const kernel = simd !== "simd128" && hasRelaxedSimd() ? "relaxed" : "simd128";
    return { build: `${parts}-${count > 1 ? "threads" : "plain"}-${kernel}`, threads: count, simd: kernel };
}
