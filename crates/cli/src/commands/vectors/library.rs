//! Tabella's registry behind the words of a Semaphore group.

use std::collections::HashSet;
use tabella::{
    primitives::Fr,
    protocol::{
        identity::IdentityCommitment,
        registry::{MembershipPath, Registry},
    },
};

/// A registry addressed by decimal texts.
#[derive(Debug, Default)]
pub(crate) struct Group(pub(crate) Registry);

impl Group {
    /// Appends members, all or none.
    pub(crate) fn add(&mut self, members: &[String]) -> Result<(), String> {
        let commitments = members.iter().map(|text| commitment(text)).collect::<Result<Vec<_>, _>>()?;
        self.0.append_batch(&commitments).map_err(|e| e.to_string())
    }

    /// Gives a member another commitment.
    pub(crate) fn update(&mut self, index: u64, member: &str) -> Result<(), String> {
        self.0.update(index, commitment(member)?).map_err(|e| e.to_string())
    }

    /// Removes a member.
    pub(crate) fn remove(&mut self, index: u64) -> Result<(), String> {
        self.0.remove(index).map_err(|e| e.to_string())
    }

    /// The root in decimal; `0` while there is nobody.
    pub(crate) fn root(&self) -> String {
        self.0.root().map_or_else(|| "0".to_owned(), |root| root.to_string())
    }

    /// Depth of the tree.
    pub(crate) fn depth(&self) -> usize {
        self.0.depth()
    }

    /// Number of slots.
    pub(crate) fn size(&self) -> u64 {
        self.0.size()
    }

    /// The path of a member.
    pub(crate) fn path(&self, index: u64) -> Option<MembershipPath> {
        self.0.path(index).ok()
    }
}

fn commitment(text: &str) -> Result<IdentityCommitment, String> {
    IdentityCommitment::from_decimal(text).map_err(|e| e.to_string())
}

/// A group with these leaves, `0` for a removed member; fails if Tabella does not take them.
pub(crate) fn group(leaves: &[String]) -> Result<Group, String> {
    let mut commitments = Vec::with_capacity(leaves.len());
    for leaf in leaves {
        commitments.push(commitment(leaf)?);
    }
    // A removed member was once somebody: stand-ins are appended and removed again, which leaves the same tree.
    let taken: HashSet<_> = commitments.iter().copied().collect();
    let zero = IdentityCommitment::from_field(Fr::from(0));
    let mut stand_ins =
        (1u64..).map(|n| IdentityCommitment::from_field(Fr::from(n))).filter(|c| !taken.contains(c));
    let removed: Vec<u64> =
        (0..).zip(&commitments).filter(|(_, c)| **c == zero).map(|(index, _)| index).collect();
    for (slot, stand_in) in commitments.iter_mut().filter(|c| **c == zero).zip(&mut stand_ins) {
        *slot = stand_in;
    }
    let mut group = Group::default();
    if !commitments.is_empty() {
        group.0.append_batch(&commitments).map_err(|e| e.to_string())?;
    }
    for index in removed {
        group.remove(index)?;
    }
    Ok(group)
}
