//! Reading takes at most twice the memory of the file, whatever the file says (S08, INV12).
#![allow(clippy::unwrap_used, clippy::as_conversions, reason = "tests")]

mod common;

use ark_bn254::{G1Affine, G2Affine};
use ark_ec::AffineRepr;
use common::{R1CS, WTNS, ZKEY, overwritten, section, with_section};
use peak_alloc::PeakAlloc;
use tabella_circom::{R1cs, Zkey, wtns};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// What threads, pairings and errors take beside the file.
const SLACK: usize = 96 << 10;

/// Reads, and answers whether the file was accepted.
fn read_within_bounds(name: &str, file: &[u8], read: fn(&[u8]) -> bool) -> bool {
    ALLOCATOR.reset_peak_usage();
    let before = ALLOCATOR.current_usage();
    let accepted = read(file);
    let taken = ALLOCATOR.peak_usage() - before;
    let (limit, size) = (2 * file.len() + SLACK, file.len());
    assert!(taken <= limit, "{name}: {taken} bytes were taken for a file of {size}");
    accepted
}

fn zkey(file: &[u8]) -> bool {
    Zkey::from_bytes(file).is_ok()
}

fn constraints(file: &[u8]) -> bool {
    R1cs::from_bytes(file).is_ok()
}

fn values(file: &[u8]) -> bool {
    wtns::from_bytes(file).is_ok()
}

fn le(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap().to_le_bytes()
}

/// A coefficient that no other entry has.
fn distinct(number: usize) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&le(number + 2));
    bytes[8..12].copy_from_slice(&le(number * 7 + 1));
    bytes
}

/// One constraint with all entries in one row, all coefficients different, in falling order.
fn wide_constraints(entries: usize) -> Vec<u8> {
    let mut content = le(entries).to_vec();
    for number in 0..entries {
        content.extend_from_slice(&le(entries - 1 - number));
        content.extend_from_slice(&distinct(number));
    }
    content.extend_from_slice(&[0; 8]);
    let header = section(R1CS, 1).content;
    let mut file = overwritten(R1CS, header + 36, &le(entries));
    file = overwritten(&file, header + 60, &le(1));
    file = with_section(&file, 2, &content);
    common::rearranged(&file, &[1, 2])
}

/// Many constraints without any entry.
fn empty_constraints(rows: usize) -> Vec<u8> {
    let file = overwritten(R1CS, section(R1CS, 1).content + 60, &le(rows));
    with_section(&file, 2, &vec![0; 12 * rows])
}

/// A key of 1,000 variables and 1,021 constraints, 30 of them full, all coefficients different, in falling order. Its points
/// are generators: nothing in reading tells.
fn full_key() -> Vec<u8> {
    let (variables, constraints, full) = (1000, 1021, 30);
    let mut entries = Vec::new();
    for input in (0..3_usize).rev() {
        let number = 24 + input;
        let old = section(ZKEY, 4).content + 4 + 44 * number;
        let mut entry = ZKEY[old..old + 44].to_vec();
        entry[4..8].copy_from_slice(&le(constraints + input));
        entries.push(entry);
    }
    for row in (0..full).rev() {
        for column in (0..variables).rev() {
            let value = distinct(row * variables + column);
            entries.push([&le(row % 2)[..], &le(row), &le(column), &value].concat());
        }
    }
    let coefficients = [&le(entries.len())[..], &entries.concat()].concat();
    let g1: Vec<u8> = {
        let g = G1Affine::generator();
        [g.x, g.y]
    }
    .iter()
    .flat_map(|coordinate| coordinate.0.0)
    .flat_map(u64::to_le_bytes)
    .collect();
    let g2: Vec<u8> = {
        let g = G2Affine::generator();
        [g.x.c0, g.x.c1, g.y.c0, g.y.c1]
    }
    .iter()
    .flat_map(|coordinate| coordinate.0.0)
    .flat_map(u64::to_le_bytes)
    .collect();
    let counts = section(ZKEY, 2).content + 72;
    let mut file = overwritten(ZKEY, counts, &le(variables));
    file = overwritten(&file, counts + 8, &le(1024));
    file = with_section(&file, 4, &coefficients);
    for (number, count) in [(5, variables), (6, variables), (8, variables - 3), (9, 1024)] {
        file = with_section(&file, number, &g1.repeat(count));
    }
    with_section(&file, 7, &g2.repeat(variables))
}

/// All in one: the counter is that of the whole process.
#[test]
fn reading_takes_at_most_twice_the_file() {
    // Threads and tables that are made once.
    assert!(zkey(ZKEY) && constraints(R1CS) && values(WTNS));

    assert!(read_within_bounds("full key", &full_key(), zkey));
    assert!(read_within_bounds("wide constraints", &wide_constraints(40_000), constraints));
    assert!(read_within_bounds("empty constraints", &empty_constraints(100_000), constraints));
    let many = wtns::to_bytes(&vec![tabella_primitives::Fr::from(1); 40_000]);
    assert!(read_within_bounds("values", &many, values));
    for length in [many.len() - 1, many.len() / 2] {
        assert!(!read_within_bounds("values cut off", &many[..length], values));
    }

    // Every number of 32 bits in head, headers and transcript made huge.
    for value in [u32::MAX, 1 << 31, 1 << 28, 1 << 20] {
        for (name, file, read) in
            [("zkey", ZKEY, zkey as fn(&[u8]) -> bool), ("r1cs", R1CS, constraints), ("wtns", WTNS, values)]
        {
            for at in (8..file.len() - 4).step_by(4) {
                let _ = read_within_bounds(name, &overwritten(file, at, &value.to_le_bytes()), read);
            }
        }
    }
}
