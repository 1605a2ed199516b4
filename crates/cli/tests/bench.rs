//! `tabella bench` on the smallest circuits.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall stop")]

mod common;

use common::{arg, done, fails};
use std::fs;

#[test]
fn small_sizes_are_measured_and_kept() {
    let root = tempfile::tempdir().unwrap();
    let report = done(&[
        "bench",
        "--min-size",
        "4",
        "--max-size",
        "6",
        "--step",
        "2",
        "--rounds",
        "2",
        "--threads",
        "1,2",
        "--out",
        arg(root.path()),
    ]);
    let sizes = report["sizes"].as_array().unwrap();
    assert_eq!(sizes.len(), 2, "{report}");
    for size in sizes {
        let runs = size["runs"].as_array().unwrap();
        assert_eq!(runs.len(), 2);
        for run in runs {
            assert_eq!(run["ms"].as_array().unwrap().len(), 2);
            for stage in ["satisfaction", "quotient", "commitments"] {
                assert!(run["stages"][stage]["min"].as_f64().unwrap() > 0.0, "{stage}: {run}");
            }
        }
        assert!(size["floor_plain"]["ratio"].as_f64().unwrap() > 1.0, "nothing is faster than its floor");
        assert!(size["setup"]["setup_ms"].as_f64().unwrap() > 0.0);
        #[cfg(target_os = "linux")]
        assert!(size["setup"]["peak_memory"].as_u64().unwrap() > 1 << 20);
    }
    let folder = report["folder"].as_str().unwrap();
    for name in ["results.json", "README.md", "sizes.svg", "stages.svg"] {
        assert!(fs::metadata(format!("{folder}/{name}")).unwrap().len() > 500, "{name}");
    }
}

#[test]
fn a_circuit_of_ones_own_is_measured() {
    let example = |name: &str| format!("{}/../../examples/circom/{name}", env!("CARGO_MANIFEST_DIR"));
    let (key, witness) = (example("power.zkey"), example("power.wtns"));
    let report = done(&["bench", "--key", &key, "--witness", &witness, "--rounds", "3", "--threads", "1"]);
    let size = &report["sizes"][0];
    assert_eq!(size["name"], "power.zkey");
    assert_eq!(size["runs"][0]["ms"].as_array().unwrap().len(), 3);
    assert!(size["setup"].is_null());
    assert!(size["floor_counted"]["ratio"].as_f64().unwrap() > 1.0, "nothing is faster than its floor");
    // What is wrong with them is said by name.
    let said = fails(&["bench", "--key", &witness, "--witness", &witness], 3, "not-measured");
    assert!(said.to_string().contains("power.wtns"), "{said}");
    let said = fails(&["bench", "--key", &key, "--witness", &key], 3, "not-measured");
    assert!(said.to_string().contains("power.zkey is not a witness"), "{said}");
    assert!(said.to_string().contains("wanted here: a .wtns"), "{said}");
    fails(&["bench", "--key", "nowhere.zkey", "--witness", &witness], 4, "not-measured");
    fails(&["bench", "--key", &key], 2, "usage");
    fails(&["bench", "--key", &key, "--witness", &witness, "--max-size", "9"], 2, "usage");
}

#[test]
fn sizes_have_bounds() {
    fails(&["bench", "--max-size", "25"], 2, "usage");
    fails(&["bench", "--min-size", "12", "--max-size", "11"], 2, "usage");
    fails(&["bench", "--rounds", "0"], 2, "usage");
}
