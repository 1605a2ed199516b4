//! `tabella trustee convene`: who holds a ceremony, for how many of how many, for which number of options.

use super::{
    ceremony_warnings,
    folder::PARAMETERS,
    names::{Names, read_registration},
};
use crate::{
    error::Failure,
    files::{self, Existing, Privacy},
    report::{Report, table},
    text::printable,
    ui::{GOOD, Ui, styled, warning_lines},
};
use clap::Args;
use serde_json::json;
use std::path::{Path, PathBuf};
use tabella::{
    primitives::rng,
    protocol::trustee::{
        CeremonyParameters, ParametersError, TrusteeIndex, TrusteeKeys, TrusteeRegistration,
    },
};

/// A ceremony to begin.
#[derive(Args, Debug)]
pub(super) struct ConveneArgs {
    /// Registrations of the trustees, or folders of them (every .json file in them); at most 20. They are numbered in this order
    #[arg(required = true)]
    registrations: Vec<PathBuf>,
    /// How many trustees it takes to open the sum
    #[arg(long, short, value_name = "T")]
    threshold: u8,
    /// Number of options of the election, from 2 to 8
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u8).range(2..=8))]
    options: u8,
    /// The folder of the ceremony to make
    #[arg(long, short, value_name = "DIR")]
    out: PathBuf,
}

pub(super) fn run(args: &ConveneArgs, ui: &Ui) -> Result<Report, Failure> {
    let paths = files::json_files(&args.registrations, "no-registrations", "registration", ui)?;
    let registrations =
        paths.iter().map(|path| read_registration(path)).collect::<Result<Vec<_>, Failure>>()?;
    check_names(&paths, &registrations)?;
    let mut rng = rng::from_os().map_err(Failure::internal)?;
    let keys: Vec<TrusteeKeys> = registrations.iter().map(|registration| *registration.keys()).collect();
    let parameters = CeremonyParameters::convene(args.threshold, args.options, keys, &mut rng)
        .map_err(|error| parameters_failure(&paths, &error))?;
    let mut names = Names::default();
    for (path, registration) in paths.iter().zip(&registrations) {
        names.add(&parameters, registration, path);
    }

    std::fs::create_dir_all(&args.out).map_err(|e| Failure::io("create", &args.out, &e))?;
    let mut written: Vec<(PathBuf, String)> = (1..)
        .zip(&registrations)
        .map(|(number, registration)| {
            (args.out.join(format!("trustee-{number:02}.json")), format!("{}\n", registration.to_json()))
        })
        .collect();
    written.push((args.out.join(PARAMETERS), format!("{}\n", parameters.to_json())));
    let pairs: Vec<(&Path, &[u8])> =
        written.iter().map(|(path, text)| (path.as_path(), text.as_bytes())).collect();
    files::write_together(&pairs, Existing::Keep, Privacy::Public)?;

    let trustees: Vec<TrusteeIndex> = parameters.indices().collect();
    let warnings = ceremony_warnings(&parameters);
    let text = format!(
        "{}\n{}{}{}\nGive the folder to all trustees. Each runs `tabella trustee next`, and first compares the session with the others.\n",
        styled(GOOD, format_args!("the ceremony is in {}", args.out.display())),
        table(&[
            ("session", parameters.session().to_string()),
            ("threshold", format!("{} of {}", parameters.threshold(), trustees.len())),
            ("options", parameters.slots().to_string()),
        ]),
        trustees.iter().map(|trustee| format!("  {}\n", names.show(*trustee))).collect::<String>(),
        warning_lines(&warnings),
    );
    let json = json!({
        "path": args.out.display().to_string(),
        "session": parameters.session().to_string(),
        "threshold": parameters.threshold(),
        "options": parameters.slots(),
        "trustees": names.json_list(&trustees),
        "warnings": warnings,
    });
    Ok(Report::new(json, text))
}

/// Two trustees of one name would be taken for each other. A file that is given twice, by itself and in its folder, is told as that.
fn check_names(paths: &[PathBuf], registrations: &[TrusteeRegistration]) -> Result<(), Failure> {
    for (place, registration) in registrations.iter().enumerate() {
        let earlier = registrations.iter().take(place).position(|other| other.name() == registration.name());
        if let Some((earlier, path)) = earlier.and_then(|at| paths.get(at)).zip(paths.get(place)) {
            if files::same_place(earlier, path) {
                return Err(Failure::usage(format_args!("{} is given twice", path.display())));
            }
            return Err(Failure::refused(
                "same-trustee",
                format_args!(
                    "{}: a trustee of the same name, {}, as in {}",
                    path.display(),
                    printable(registration.name().as_str()),
                    earlier.display()
                ),
            ));
        }
    }
    Ok(())
}

fn parameters_failure(paths: &[PathBuf], error: &ParametersError) -> Failure {
    let file = |trustee: &TrusteeIndex| {
        let place = usize::from(trustee.get()).saturating_sub(1);
        paths.get(place).map_or_else(String::new, |path| format!("{}: ", path.display()))
    };
    match error {
        ParametersError::SameKey { trustee, .. } | ParametersError::IdentityKey { trustee } => {
            Failure::refused("same-trustee", format_args!("{}{error}", file(trustee)))
        }
        _ => Failure::usage(error),
    }
}
