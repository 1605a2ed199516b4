// How long a ballot is on the wire.

/**
 * The length of a ballot file without the digits of its nullifier: a decimal number, whose length depends on voter and election and not on
 * what was chosen.
 */
export function sizeOf(ballot) {
    const { nullifier } = JSON.parse(ballot);
    return ballot.length - nullifier.length;
}
