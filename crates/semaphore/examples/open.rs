//! How long it takes to open a key of Semaphore's ceremony with its tables, and to prove with it for the first time:
//! `open ARTIFACTS CACHE [DEPTH] [none|small|large]`. Run it twice: the first time computes the tables.
#![allow(clippy::print_stdout, reason = "it is its purpose")]

use std::{env, error::Error, time::Instant};
use tabella_keys::{KeyCache, KeyEvent, KeyOpener, Wanted};
use tabella_primitives::rng;
use tabella_protocol::{identity::Identity, registry::MembershipPath, value::SemaphoreValue};
use tabella_semaphore::{Artifacts, Depth, SemaphoreProver};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [artifacts, cache, rest @ ..] = arguments.as_slice() else {
        return Err("usage: open ARTIFACTS CACHE [DEPTH] [none|small|large]".into());
    };
    let depth = Depth::new(rest.first().map_or(Ok(20), |depth| depth.parse())?)?;
    let size = rest.get(1).map_or("large", String::as_str).parse()?;
    let mut rng = rng::from_os()?;
    let identity = Identity::generate(&mut rng);
    let alone = MembershipPath::from_parts(0, vec![])?;
    let (message, scope) = (SemaphoreValue::from_text("yes")?, SemaphoreValue::from_text("lunch")?);

    let opener =
        KeyOpener::new().with_cache(KeyCache::at(cache)).with_tables(Wanted::Size(size)).on_event(|event| {
            if !matches!(event, KeyEvent::Computing { .. }) {
                println!("{event}");
            }
        });
    let start = Instant::now();
    let prover = SemaphoreProver::open_with(&Artifacts::open(artifacts), depth, &opener)?;
    let opened = start.elapsed();
    println!("opened in {:.1} ms: {:?}", opened.as_secs_f64() * 1e3, prover.key().points());
    for which in ["first", "second"] {
        let start = Instant::now();
        prover.prove(&identity, &alone, message, scope, &mut rng)?;
        println!("{which} proof, verified, in {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    }
    Ok(())
}
