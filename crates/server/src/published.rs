//! What is published of an election before it opens: manifest, registry, key ceremony. Read from a folder and checked against each other.

use crate::{
    files,
    folder::ElectionFolder,
    open_error::{OpenSiteError, SiteFault},
};
use std::fs::File;
use tabella::{
    Election,
    election::{MAX_MANIFEST_BYTES, Manifest, SecretBallots, Weighting},
    params::KeyPolicy,
    primitives::progress::quietly,
    protocol::trustee::{CeremonyRecord, MAX_CEREMONY_BYTES},
    registry::Registry,
};

/// What is published of an election before it opens. Public.
#[derive(Clone, Debug)]
pub(crate) struct Published {
    /// The manifest, byte for byte as it was published.
    pub(crate) manifest_file: Vec<u8>,
    /// The manifest, whose key was checked.
    pub(crate) election: Election,
    /// The registry that it froze.
    pub(crate) registry: Registry,
    /// Secret ballots: the key ceremony.
    pub(crate) ceremony: Option<CeremonyRecord>,
}

impl Published {
    /// Reads an election's folder.
    pub(crate) fn read(folder: &ElectionFolder, keys: KeyPolicy) -> Result<Self, OpenSiteError> {
        let path = folder.manifest();
        let manifest_file = files::read(&path, MAX_MANIFEST_BYTES)?;
        let manifest = Manifest::from_json(&manifest_file).map_err(OpenSiteError::at(&path))?;
        let secret = manifest.secret().cloned();
        if secret.as_ref().is_some_and(|secret| secret.weighting != Weighting::Plain) {
            return Err(OpenSiteError::at(path)(SiteFault::Weighted));
        }
        let registry = read_registry(folder, &manifest)?;
        let ceremony = secret.map(|secret| read_ceremony(folder, &secret)).transpose()?;
        let election = Election::join(manifest, keys).map_err(OpenSiteError::at(path))?;
        Ok(Self { manifest_file, election, registry, ceremony })
    }

    /// Writes it into a folder that is there.
    pub(crate) fn write(&self, folder: &ElectionFolder) -> std::io::Result<()> {
        files::write(&folder.manifest(), &self.manifest_file)?;
        files::write_with(&folder.registry(), |to| self.registry.write_snapshot(to))?;
        self.ceremony
            .as_ref()
            .map_or(Ok(()), |ceremony| files::write(&folder.ceremony(), ceremony.to_json().as_bytes()))
    }
}

fn read_registry(folder: &ElectionFolder, manifest: &Manifest) -> Result<Registry, OpenSiteError> {
    let path = folder.registry();
    let file = File::open(&path).map_err(OpenSiteError::at(&path))?;
    let registry = Registry::read_snapshot(file, &mut quietly).map_err(OpenSiteError::at(&path))?;
    let frozen = manifest.registry();
    if registry.root() != Some(frozen.root) || registry.size() != frozen.size {
        return Err(OpenSiteError::at(path)(SiteFault::OtherRegistry));
    }
    Ok(registry)
}

fn read_ceremony(folder: &ElectionFolder, secret: &SecretBallots) -> Result<CeremonyRecord, OpenSiteError> {
    let path = folder.ceremony();
    let bytes = files::read(&path, MAX_CEREMONY_BYTES)?;
    let record = CeremonyRecord::from_json(&bytes).map_err(OpenSiteError::at(&path))?;
    match record.verify() {
        Ok(ceremony) if *ceremony.transcript() == secret.ceremony => Ok(record),
        _ => Err(OpenSiteError::at(path)(SiteFault::OtherCeremony)),
    }
}
