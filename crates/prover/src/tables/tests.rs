use super::{AllPoints, Plans, SharedBytes, TableSize, Tables, TablesError, TablesFault, WholeTables};
use crate::{ProveError, Prover, ProvingKey, frame::FrameFault, insecure_development_setup, testing::Chain};
use ark_ec::AffineRepr;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use std::sync::{Arc, Mutex};
use tabella_lanes::Kernel;
use tabella_primitives::digest::Digest;

/// Where the head begins: behind the table of sections.
const HEAD_AT: usize = 128;
/// Where its digest does.
const DIGEST_AT: usize = HEAD_AT + 16 + 8 + 32 + 3 * 24;
/// Where the tables begin.
const TABLES_AT: usize = 320;

/// Bytes at a multiple of 64, and so many behind it.
struct Aligned {
    lines: Vec<[u8; 128]>,
    behind: usize,
    length: usize,
}

impl AsRef<[u8]> for Aligned {
    fn as_ref(&self) -> &[u8] {
        let bytes = self.lines.as_flattened();
        let start = bytes.as_ptr().align_offset(64) + self.behind;
        &bytes[start..start + self.length]
    }
}

fn aligned(bytes: &[u8], behind: usize) -> SharedBytes {
    let mut file = Aligned { lines: vec![[0; 128]; bytes.len() / 128 + 3], behind, length: bytes.len() };
    let start = file.as_ref().as_ptr().addr() - file.lines.as_ptr().addr();
    file.lines.as_flattened_mut()[start..start + bytes.len()].copy_from_slice(bytes);
    Arc::new(file)
}

fn key(seed: u8) -> ProvingKey {
    insecure_development_setup(&Chain::shape_only(30), &[seed; 32]).unwrap()
}

fn name(key: &ProvingKey) -> Digest {
    ProvingKey::name_of(&key.to_bytes())
}

fn kept(key: &ProvingKey, kernel: Kernel, size: TableSize) -> Vec<u8> {
    let tables = Tables::new(key, kernel, size, &|_, _| ());
    let name = name(key);
    let kept = tables.to_kept(&name);
    let bytes = kept.pieces().collect::<Vec<_>>().concat();
    assert_eq!(bytes.len(), kept.bytes());
    bytes
}

fn read(bytes: &[u8], key: &ProvingKey) -> Result<Tables, TablesError> {
    WholeTables::read(aligned(bytes, 0))?.for_key(key, &name(key), Kernel::PORTABLE, TableSize::Small)
}

#[test]
fn kept_tables_give_the_same_proofs() {
    let key = key(1);
    let circuit = Chain::new(30, 3);
    let rng = || ChaCha20Rng::from_seed([1; 32]);
    let expected = Prover::new(&key).prove(&circuit, &mut rng()).unwrap();
    for kernel in Kernel::available() {
        for size in TableSize::ALL {
            let bytes = kept(&key, kernel, size);
            let whole = WholeTables::read(aligned(&bytes, 0)).unwrap();
            let tables = whole.for_key(&key, &name(&key), kernel, size).unwrap();
            assert_eq!((tables.kernel(), tables.size()), (kernel, size));
            assert!(kernel.form().len() <= 16, "the head has room for its name");
            assert_eq!(tables.to_kept(&name(&key)).pieces().collect::<Vec<_>>().concat(), bytes);
            let proved = Prover::new(&key).with_tables(&tables).unwrap().prove(&circuit, &mut rng());
            assert_eq!(proved.unwrap(), expected, "{kernel} {size}");
            // Attached to the key they are used by who knows nothing of them.
            let key = key.clone().with_tables(tables).unwrap();
            assert_eq!(key.points().size(), size);
            assert_eq!(Prover::new(&key).prove(&circuit, &mut rng()).unwrap(), expected);
            let (bytes, own) = (key.to_bytes(), key.matrices().clone());
            let key = key.with_constraints(own).unwrap();
            assert_eq!((key.points().size(), key.to_bytes() == bytes), (size, true));
        }
    }
}

#[test]
fn tables_for_another_kernel_size_or_key_are_refused() {
    let (key, other) = (key(1), key(2));
    let other_shape = insecure_development_setup(&Chain::shape_only(31), &[1; 32]).unwrap();
    let bytes = kept(&key, Kernel::PORTABLE, TableSize::Small);
    let whole = WholeTables::read(aligned(&bytes, 0)).unwrap();
    let refused =
        |key: &ProvingKey, name: &Digest, kernel, size| whole.for_key(key, name, kernel, size).unwrap_err();
    let head = |behind: usize, what| TablesError {
        section: "head",
        offset: HEAD_AT + behind,
        fault: TablesFault::Other(what),
    };
    let (name, small) = (name(&key), TableSize::Small);
    for kernel in Kernel::available() {
        if kernel.form() != Kernel::PORTABLE.form() {
            assert_eq!(refused(&key, &name, kernel, small), head(0, "kernel"));
        }
    }
    assert_eq!(refused(&key, &name, Kernel::PORTABLE, TableSize::Large), head(16, "size"));
    assert_eq!(refused(&other, &self::name(&other), Kernel::PORTABLE, small), head(24, "key"));
    // A name that lies does not help: the number of points differs.
    assert_eq!(refused(&other_shape, &name, Kernel::PORTABLE, small), head(56, "windows"));
    let tables = Tables::new(&other_shape, Kernel::PORTABLE, small, &|_, _| ());
    assert_eq!(key.with_tables(tables).unwrap_err(), ProveError::WrongTables);
}

#[test]
fn damaged_tables_are_refused_wherever_they_are_damaged() {
    let key = key(1);
    let bytes = kept(&key, Kernel::PORTABLE, TableSize::Small);
    let mut changed = bytes.clone();
    for place in (0..bytes.len()).step_by(13).chain(0..TABLES_AT) {
        changed[place] ^= 1 << (place % 8);
        let error = read(&changed, &key).unwrap_err();
        if place >= TABLES_AT {
            assert_eq!(error, TablesError { section: "head", offset: DIGEST_AT, fault: TablesFault::Digest });
        }
        changed[place] ^= 1 << (place % 8);
    }
    assert!(read(&bytes, &key).is_ok());
    for length in (0..bytes.len()).step_by(97) {
        assert!(matches!(read(&bytes[..length], &key).unwrap_err().fault, TablesFault::Frame(_)));
    }
    let error = read(&[bytes.as_slice(), &[0]].concat(), &key).unwrap_err();
    let (expected, actual) = (bytes.len().try_into().unwrap(), (bytes.len() + 1).try_into().unwrap());
    let fault = TablesFault::Frame(FrameFault::Length { expected, actual });
    assert_eq!(error, TablesError { section: "table of sections", offset: 16, fault });
    assert_eq!(
        error.to_string(),
        format!(
            "tables of a proving key, section \"table of sections\", offset 16: the file should have {expected} bytes and has \
             {actual}"
        )
    );
}

#[test]
fn tables_that_do_not_lie_in_line_are_refused() {
    let key = key(1);
    let bytes = kept(&key, Kernel::PORTABLE, TableSize::Small);
    for behind in [1, 8, 32] {
        let whole = WholeTables::read(aligned(&bytes, behind)).unwrap();
        let error = whole.for_key(&key, &name(&key), Kernel::PORTABLE, TableSize::Small).unwrap_err();
        assert_eq!((error.section, error.fault), ("table of A", TablesFault::Alignment));
    }
}

#[test]
fn wrong_tables_with_a_right_digest_give_no_proof() {
    // The tables of another key, by somebody who can write the cache and knows the format.
    let (key, other) = (key(1), key(2));
    let tables = Tables::new(&other, Kernel::PORTABLE, TableSize::Small, &|_, _| ());
    let forged = tables.to_kept(&name(&key)).pieces().collect::<Vec<_>>().concat();
    let tables = read(&forged, &key).unwrap();
    let mut rng = ChaCha20Rng::from_seed([1; 32]);
    let key = key.with_tables(tables).unwrap();
    assert_eq!(Prover::new(&key).prove(&Chain::new(30, 3), &mut rng), Err(ProveError::SelfVerification));
}

#[test]
fn progress_ends_with_all_points() {
    let key = key(1);
    let g1 = [key.query_a(), key.query_l(), key.query_h()].concat();
    let points = g1.iter().filter(|p| !p.is_zero()).count();
    let points = points + 1 + key.query_b_g2().iter().filter(|p| !p.is_zero()).count();
    assert!(points > 100 && points < g1.len() + key.query_b_g2().len());
    let last = Mutex::new((0, 0));
    Tables::new(&key, Kernel::PORTABLE, TableSize::Small, &|done, total| {
        let mut last = last.lock().unwrap();
        *last = (last.0.max(done), total);
    });
    assert_eq!(*last.lock().unwrap(), (points, points));
}

#[test]
fn tables_are_of_use_where_there_is_room_for_them() {
    let key = key(1);
    let of_use = TableSize::ALL.map(|size| size.is_of_use_to(&key));
    assert_eq!(of_use, [false, true, true]);
    // A key with so many points that 16 MiB have no room for twice as many, and then 64 MiB neither.
    for (points, expected) in [(60_000, [false, false, true]), (600_000, [false; 3])] {
        let mut many = key.queries().clone();
        for query in [&mut many.a, &mut many.l, &mut many.h] {
            *query = query.iter().copied().cycle().take(points).collect();
        }
        let all = AllPoints::of(&many);
        let none = Plans::choose(&all, TableSize::None);
        assert_eq!(TableSize::ALL.map(|size| Plans::choose(&all, size) != none), expected, "{points}");
    }
}
