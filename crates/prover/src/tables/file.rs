//! Tables as a file: a [frame](crate::frame) with the magic `tabella-tables-2`.
//!
//! | section | bytes | what |
//! | --- | --- | --- |
//! | 1 head | 16 | the kernel's [form](Kernel::form), padded with zeros |
//! | | 8 | [`TableSize`]: 0 none, 1 small, 2 large |
//! | | 32 | name of the key |
//! | | 24 each | for A, L and H, delta and B in G2: points, width and stride of the windows (8 each) |
//! | | 32 | digest of the sections that follow |
//! | 2 to 4 | 64, in section 4 128 each | the tables in the same order, in the kernel's form |
//!
//! Which points there are and how they are cut into windows follows from key and size: the head is compared with what it must
//! be, and every other byte is hashed. Points are used where the file lies in memory.

use super::{AllPoints, Plan, Plans, SharedBytes, TableSize, Tables, domain};
use crate::{
    frame::{Frame, FrameError, FrameFault, Part, Section, Writer},
    key::ProvingKey,
    msm::{Bases, Points, Table},
};
use core::fmt;
use tabella_lanes::{Group, Kernel};
use tabella_primitives::{digest::Digest, domain as tags, file_digest::file_digest};

const MAGIC: [u8; 16] = *b"tabella-tables-2";
const DIGEST_BYTES: usize = 32;
const FORM_BYTES: usize = 16;
const SECTIONS: [Section; 4] = [
    Section::new(1, "head"),
    Section::new(2, "table of A"),
    Section::new(3, "table of L and H"),
    Section::new(4, "table of B in G2"),
];

/// Why bytes are not the tables that were asked for. They can be computed anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TablesError {
    /// The section.
    pub section: &'static str,
    /// Where in the bytes.
    pub offset: usize,
    /// What is wrong there.
    pub fault: TablesFault,
}

/// What is wrong with the bytes of tables.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TablesFault {
    /// The sections are not those of tables.
    Frame(FrameFault),
    /// The tables are for another one of these: `kernel`, `size`, `key` or `windows`.
    Other(&'static str),
    /// The tables do not have the digest in the head: something damaged them.
    Digest,
    /// The bytes do not begin at a multiple of [`ALIGNMENT`](crate::frame::ALIGNMENT) in memory.
    Alignment,
}

impl fmt::Display for TablesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tables of a proving key, section {:?}, offset {}: ", self.section, self.offset)?;
        match &self.fault {
            TablesFault::Frame(fault) => fault.fmt(f),
            TablesFault::Other(what) => write!(f, "they are for another {what}"),
            TablesFault::Digest => f.write_str("they do not have the digest that their head names"),
            TablesFault::Alignment => f.write_str("they do not lie at a multiple of 64 in memory"),
        }
    }
}

impl core::error::Error for TablesError {}

impl From<FrameError> for TablesError {
    fn from(error: FrameError) -> Self {
        let FrameError { section, offset, fault } = error;
        Self { section, offset, fault: TablesFault::Frame(fault) }
    }
}

fn fault_in(part: Part<'_>, behind: usize, fault: TablesFault) -> TablesError {
    TablesError { section: part.name, offset: part.offset + behind, fault }
}

/// The bytes of tables, in two pieces: what precedes them, and they themselves where they lie.
#[derive(Debug)]
pub struct KeptTables<'a> {
    head: Vec<u8>,
    tables: [&'a [u8]; 3],
}

impl KeptTables<'_> {
    /// The pieces, to be written one after the other.
    pub fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        core::iter::once(self.head.as_slice()).chain(self.tables)
    }

    /// Length of all pieces.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.pieces().map(<[u8]>::len).sum()
    }
}

/// What the head must hold up to the digest, with the name of each field.
fn head(
    form: &str,
    size: TableSize,
    key_name: &Digest,
    windows: [(usize, Plan); 3],
) -> [(&'static str, Vec<u8>); 4] {
    let number = |n: usize| u64::try_from(n).unwrap_or(u64::MAX).to_le_bytes();
    let mut padded = form.as_bytes().to_vec();
    padded.resize(FORM_BYTES, 0);
    let size = TableSize::ALL.iter().position(|known| *known == size).unwrap_or(usize::MAX);
    let windows =
        windows.map(|(points, plan)| [number(points), number(plan.width), number(plan.stride)].concat());
    [
        ("kernel", padded),
        ("size", number(size).to_vec()),
        ("key", key_name.as_bytes().to_vec()),
        ("windows", windows.concat()),
    ]
}

impl Tables {
    /// The bytes of these tables, for the key of this name ([`ProvingKey::name_of`]).
    #[must_use]
    pub fn to_kept(&self, key_name: &Digest) -> KeptTables<'_> {
        let tables = [self.a.table(), self.c.table(), self.b2.table()];
        let windows =
            [(self.a.len(), self.a.plan()), (self.c.len(), self.c.plan()), (self.b2.len(), self.b2.plan())];
        let fields = head(self.kernel.form(), self.size, key_name, windows).map(|(_, field)| field).concat();
        let lengths = core::iter::once(fields.len() + DIGEST_BYTES).chain(tables.map(<[u8]>::len));
        let sections: Vec<_> = SECTIONS.iter().map(|section| section.number).zip(lengths).collect();
        let mut writer = Writer::new(&MAGIC, &sections, 1);
        let section = writer.section();
        section.extend_from_slice(&fields);
        section.extend_from_slice(file_digest(tags::KEY_TABLES, &tables).as_bytes());
        // Tables are whole points, of 64 or 128 bytes: nothing lies between them.
        let _ = writer.section();
        KeptTables { head: writer.finish(), tables }
    }
}

/// Bytes of tables that are whole: they have the digest that their head names.
///
/// They are hashed before their key is known, so that this can go on beside the reading of the key.
pub struct WholeTables {
    bytes: SharedBytes,
}

impl fmt::Debug for WholeTables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WholeTables({} bytes)", (*self.bytes).as_ref().len())
    }
}

/// The sections of tables.
fn sections(file: &[u8]) -> Result<[Part<'_>; SECTIONS.len()], TablesError> {
    let frame = Frame::open(file, &MAGIC, &SECTIONS)?;
    Ok(core::array::from_fn(|place| frame.part(place).expect("no section is optional")))
}

impl WholeTables {
    /// Takes bytes that [`Tables::to_kept`] gave, and compares their digest. They stay where they are.
    ///
    /// Takes about as long as reading the bytes once, on all threads of the pool.
    ///
    /// # Errors
    /// [`TablesError`] if they are not the sections of tables, or are damaged.
    ///
    /// # Security
    /// The digest shows damage, not malice: whoever can write the bytes can write the digest. With wrong tables a proof does not verify
    /// and is not handed out; but whether it verifies can depend on the witness. Keep tables where only their owner can write.
    pub fn read(bytes: SharedBytes) -> Result<Self, TablesError> {
        let file = (*bytes).as_ref();
        let [head, first, ..] = sections(file)?;
        let content = file.get(first.offset..).unwrap_or_default();
        if !head.bytes.ends_with(file_digest(tags::KEY_TABLES, &[content]).as_bytes()) {
            let at = head.bytes.len().saturating_sub(DIGEST_BYTES);
            return Err(fault_in(head, at, TablesFault::Digest));
        }
        Ok(Self { bytes })
    }

    /// The tables, if they are those of this key, kernel and size.
    ///
    /// # Errors
    /// [`TablesError`] if they are for others.
    pub fn for_key(
        &self,
        key: &ProvingKey,
        key_name: &Digest,
        kernel: Kernel,
        size: TableSize,
    ) -> Result<Tables, TablesError> {
        let points = AllPoints::of(key.queries());
        let plans = Plans::choose(&points, size);
        let AllPoints { a, b2, c } = points;
        let bytes = &self.bytes;
        let [head_part, part_a, part_c, part_b2] = sections((**bytes).as_ref())?;

        let windows = [(a.len(), plans.a), (c.len(), plans.c), (b2.len(), plans.b2)];
        let fields = head(kernel.form(), size, key_name, windows);
        // What follows the fields is the digest, which was compared.
        let mut rest =
            head_part.expect(Some(fields.iter().map(|(_, f)| f.len()).sum::<usize>() + DIGEST_BYTES))?;
        for (name, field) in &fields {
            let at = head_part.bytes.len() - rest.len();
            rest = rest.strip_prefix(field.as_slice()).ok_or(fault_in(
                head_part,
                at,
                TablesFault::Other(name),
            ))?;
        }
        Ok(Tables {
            kernel,
            size,
            a: bases(kernel, plans.a, a, bytes, part_a)?,
            b2: bases(kernel, plans.b2, b2, bytes, part_b2)?,
            c: bases(kernel, plans.c, c, bytes, part_c)?,
            domain: domain(key, kernel),
            basis: key.quotient_basis(),
            l: key.queries().l.len(),
        })
    }
}

/// Points with their table in a section.
fn bases<G: Group>(
    kernel: Kernel,
    plan: Plan,
    points: Points<'_, G>,
    bytes: &SharedBytes,
    part: Part<'_>,
) -> Result<Bases<G>, TablesError> {
    part.expect(Some(points.table_bytes(plan)))?;
    let table = Table::shared(bytes, part.offset..part.offset + part.bytes.len());
    let table = table.ok_or(fault_in(part, 0, TablesFault::Alignment))?;
    Ok(Bases::with_table(kernel, plan, points, table))
}
