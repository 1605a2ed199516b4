// What a receipt file says.

export interface Receipt {
    /** Place of the ballot in the box, from 0. */
    readonly index: number;
    /** The ballot's name. */
    readonly ballot: string;
}

/** Reads the parts of a receipt file that are shown. Whether it holds is checked by the package against the record. */
export function readReceipt(file: string): Receipt | undefined {
    try {
        const { index, ballot } = JSON.parse(file) as Record<string, unknown>;
        return typeof index === "number" && typeof ballot === "string" ? { index, ballot } : undefined;
    } catch {
        return undefined;
    }
}
