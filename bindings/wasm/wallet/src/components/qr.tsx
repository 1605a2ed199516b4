// A QR code as SVG. Always dark on light: some cameras do not read the inverse.

import { encode } from "uqr";

export function QrCode({ text, label }: { text: string; label: string }) {
    const { data, size } = encode(text, { ecc: "M", border: 3 });
    const path = data
        .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")))
        .join("");
    return (
        <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
            <rect class="qr-light" width={size} height={size} />
            <path class="qr-dark" d={path} />
        </svg>
    );
}
