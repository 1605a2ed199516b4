//! `GET /site`: what there is.

use crate::{
    api_error::ApiError,
    blocking::blocking,
    clock,
    hosted::{Hosted, Stage},
    rehearsal::Kind,
    site::Site,
};
use axum::{Json, extract::State};
use serde::Serialize;
use std::sync::Arc;

/// The site, for its visitors.
#[derive(Serialize)]
pub(super) struct SiteView {
    name: String,
    rehearsal: bool,
    registry: Option<RegistryView>,
    elections: Vec<ElectionView>,
}

#[derive(Serialize)]
struct RegistryView {
    label: String,
    size: u64,
}

#[derive(Serialize)]
struct ElectionView {
    id: String,
    title: String,
    kind: Kind,
    opens_at: u64,
    closes_at: u64,
    state: Stage,
    ballots: u64,
}

pub(super) async fn show(State(site): State<Arc<Site>>) -> Result<Json<SiteView>, ApiError> {
    blocking(move || {
        let registry = site
            .rehearsal
            .as_ref()
            .map(|rehearsal| RegistryView { label: rehearsal.label().to_string(), size: rehearsal.size() });
        let elections =
            site.elections().iter().map(|hosted| view(hosted)).collect::<Result<Vec<_>, ApiError>>()?;
        let name = site.settings.name.clone();
        Ok(Json(SiteView { name, rehearsal: registry.is_some(), registry, elections }))
    })
    .await
}

fn view(hosted: &Hosted) -> Result<ElectionView, ApiError> {
    let (manifest, state) = (hosted.manifest(), hosted.state(clock::now())?);
    let window = manifest.window();
    Ok(ElectionView {
        id: manifest.id().to_string(),
        title: manifest.title().to_owned(),
        kind: if hosted.is_secret() { Kind::Secret } else { Kind::Open },
        opens_at: window.opens_at,
        closes_at: window.closes_at,
        state: state.stage(),
        ballots: state.ballots,
    })
}
