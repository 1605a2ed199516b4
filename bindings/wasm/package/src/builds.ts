// Which of the package's four builds this browser can run.

/** Whether work is shared by threads, and how field elements are multiplied. */
export type Build = "threads-relaxed" | "threads-integer" | "plain-relaxed" | "plain-integer";

// (func (export "f") (param f64 f64 f64) (result f64)
//   (f64x2.extract_lane 0 (f64x2.relaxed_madd (f64x2.splat ..) (f64x2.splat ..) (f64x2.splat ..))))
const RELAXED = Uint8Array.from([
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x01, 0x60, 0x03, 0x7c, 0x7c, 0x7c, 0x01, 0x7c, 0x03, 0x02,
    0x01, 0x00, 0x07, 0x05, 0x01, 0x01, 0x66, 0x00, 0x00, 0x0a, 0x16, 0x01, 0x14, 0x00, 0x20, 0x00, 0xfd, 0x14, 0x20, 0x01,
    0xfd, 0x14, 0x20, 0x02, 0xfd, 0x14, 0xfd, 0x87, 0x02, 0xfd, 0x21, 0x00, 0x0b,
]);

/**
 * Whether relaxed multiply-add exists and is fused: where the instructions are unknown, a module with them does not compile; and where the
 * product is rounded before the addition, the field's arithmetic would be wrong. So the instruction is tried on one known product:
 * (1 + 2^-30)(1 - 2^-30) - 1 is -2^-60, and 0 if the product is rounded first.
 */
export function hasRelaxedSimd(): boolean {
    if (!WebAssembly.validate(RELAXED)) return false;
    const { f } = new WebAssembly.Instance(new WebAssembly.Module(RELAXED)).exports as { f: (a: number, b: number, c: number) => number };
    return f(1 + 2 ** -30, 1 - 2 ** -30, -1) === -(2 ** -60);
}

/** Whether workers can share memory: in pages that are cross-origin isolated, and in Node. */
export function canShareMemory(): boolean {
    return typeof SharedArrayBuffer === "function" && (globalThis.crossOriginIsolated ?? true);
}

/** What was asked for, as far as this browser can do it. */
export function chooseBuild(
    threads: number | "auto",
    simd: "auto" | "relaxed" | "integer",
    processors: number,
): { readonly build: Build; readonly threads: number; readonly simd: "relaxed" | "integer" } {
    const most = canShareMemory() ? processors : 1;
    const count = Math.max(1, Math.min(threads === "auto" ? 8 : threads, most));
    const kernel = simd !== "integer" && hasRelaxedSimd() ? "relaxed" : "integer";
    return { build: `${count > 1 ? "threads" : "plain"}-${kernel}`, threads: count, simd: kernel };
}
