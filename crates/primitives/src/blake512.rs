//! BLAKE-512, the SHA-3 finalist [Aumasson, Henzen, Meier, Phan, "SHA-3 proposal BLAKE", version 1.3, 2010]: not BLAKE2.
//!
//! Only because Semaphore v4 stretches private keys with it. The input is secret there, so all state is erased.

#![allow(
    clippy::indexing_slicing,
    reason = "indices come from constant tables below the length of fixed arrays"
)]

use zeroize::{Zeroize, Zeroizing};

/// Length of the digest in bytes.
pub const DIGEST_LEN: usize = 64;
const BLOCK_LEN: usize = 128;
const ROUNDS: usize = 16;

/// Initial value: that of SHA-512.
const INITIAL: [u64; 8] = [
    0x6a09_e667_f3bc_c908,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1,
    0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b,
    0x5be0_cd19_137e_2179,
];

/// The first digits of pi after the point.
const PI: [u64; 16] = [
    0x243f_6a88_85a3_08d3,
    0x1319_8a2e_0370_7344,
    0xa409_3822_299f_31d0,
    0x082e_fa98_ec4e_6c89,
    0x4528_21e6_38d0_1377,
    0xbe54_66cf_34e9_0c6c,
    0xc0ac_29b7_c97c_50dd,
    0x3f84_d5b5_b547_0917,
    0x9216_d5d9_8979_fb1b,
    0xd131_0ba6_98df_b5ac,
    0x2ffd_72db_d01a_dfb7,
    0xb8e1_afed_6a26_7e96,
    0xba7c_9045_f12c_7f99,
    0x24a1_9947_b391_6cf7,
    0x0801_f2e2_858e_fc16,
    0x6369_20d8_7157_4e69,
];

/// Order of the message words in rounds 0 to 9; then it starts anew.
const SIGMA: [[usize; 16]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];

/// The words of the state that the eight calls of G in a round work on: four columns, then four diagonals.
const LINES: [[usize; 4]; 8] = [
    [0, 4, 8, 12],
    [1, 5, 9, 13],
    [2, 6, 10, 14],
    [3, 7, 11, 15],
    [0, 5, 10, 15],
    [1, 6, 11, 12],
    [2, 7, 8, 13],
    [3, 4, 9, 14],
];

/// The compression function without salt. `bits` is the number of message bits hashed up to the end of this block, or
/// 0 if the block holds padding only.
fn compress(chain: &mut [u64; 8], block: &[u8; BLOCK_LEN], bits: u128) {
    let mut words = [0u64; 16];
    let (chunks, _) = block.as_chunks::<8>();
    for (word, chunk) in words.iter_mut().zip(chunks) {
        *word = u64::from_be_bytes(*chunk);
    }
    let low = u64::try_from(bits & u128::from(u64::MAX)).expect("masked to 64 bits");
    let high = u64::try_from(bits >> 64).expect("shifted to 64 bits");
    let mut state = [0u64; 16];
    state[..8].copy_from_slice(chain);
    state[8..].copy_from_slice(&PI[..8]);
    for (index, counter) in [(12, low), (13, low), (14, high), (15, high)] {
        state[index] ^= counter;
    }
    for round in 0..ROUNDS {
        let order = &SIGMA[round % SIGMA.len()];
        for (i, [a, b, c, d]) in LINES.into_iter().enumerate() {
            let (first, second) = (order[2 * i], order[2 * i + 1]);
            state[a] = state[a].wrapping_add(state[b]).wrapping_add(words[first] ^ PI[second]);
            state[d] = (state[d] ^ state[a]).rotate_right(32);
            state[c] = state[c].wrapping_add(state[d]);
            state[b] = (state[b] ^ state[c]).rotate_right(25);
            state[a] = state[a].wrapping_add(state[b]).wrapping_add(words[second] ^ PI[first]);
            state[d] = (state[d] ^ state[a]).rotate_right(16);
            state[c] = state[c].wrapping_add(state[d]);
            state[b] = (state[b] ^ state[c]).rotate_right(11);
        }
    }
    for (i, word) in chain.iter_mut().enumerate() {
        *word ^= state[i] ^ state[i + 8];
    }
    state.zeroize();
    words.zeroize();
}

/// BLAKE-512 of a message. The digest is handed out in a wrapper that erases it: here it is always a secret.
#[must_use]
#[allow(clippy::missing_panics_doc, reason = "a length in memory fits 128 bits")]
pub fn blake512(message: &[u8]) -> Zeroizing<[u8; DIGEST_LEN]> {
    let message_bits = u128::try_from(message.len()).expect("a length in memory fits 128 bits") * 8;
    let mut chain = INITIAL;
    let mut bits = 0;
    let (blocks, rest) = message.as_chunks::<BLOCK_LEN>();
    for block in blocks {
        bits += 1024;
        compress(&mut chain, block, bits);
    }
    // Padding: a one bit, zeros, a one bit, the length in 128 bits. If the rest leaves no room, the length
    // stands in a block of its own, whose counter is 0 since it holds no message bit.
    let mut block = Zeroizing::new([0u8; BLOCK_LEN]);
    block[..rest.len()].copy_from_slice(rest);
    block[rest.len()] = 0x80;
    let mut counter = if rest.is_empty() { 0 } else { message_bits };
    if rest.len() >= BLOCK_LEN - 16 {
        compress(&mut chain, &block, counter);
        block.zeroize();
        counter = 0;
    }
    block[BLOCK_LEN - 17] |= 1;
    block[BLOCK_LEN - 16..].copy_from_slice(&message_bits.to_be_bytes());
    compress(&mut chain, &block, counter);

    let mut digest = Zeroizing::new([0u8; DIGEST_LEN]);
    let (chunks, _) = digest.as_chunks_mut::<8>();
    for (chunk, word) in chunks.iter_mut().zip(chain) {
        *chunk = word.to_be_bytes();
    }
    chain.zeroize();
    digest
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::String, vec};

    fn hex(message: &[u8]) -> String {
        blake512(message).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The two known answers of the BLAKE submission (one block, two blocks).
    #[test]
    fn known_answers_of_the_submission() {
        assert_eq!(
            hex(&[0]),
            "97961587f6d970faba6d2478045de6d1fabd09b61ae50932054d52bc29d31be4\
             ff9102b9f69e2bbdb83be13d4b9c06091e5fa0b48bd081b634058be0ec49beb3"
        );
        assert_eq!(
            hex(&[0; 144]),
            "313717d608e9cf758dcb1eb0f0c3cf9fc150b2d500fb33f51c52afc99d358a2f\
             1374b8a38bba7974e7f6ef79cab16f22ce1e649d6e01ad9589c213045d545dde"
        );
    }

    /// Every length around the edges of the padding, against another implementation.
    #[test]
    fn agrees_with_another_implementation_at_every_length() {
        use blake_hash::{Blake512, Digest};
        for len in 0..=300 {
            let message: vec::Vec<u8> = (0..=u8::MAX).cycle().map(|b| b.wrapping_mul(31)).take(len).collect();
            assert_eq!(blake512(&message)[..], Blake512::digest(&message)[..], "{len} bytes");
        }
    }
}
