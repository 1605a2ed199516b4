//! `tabella groth16`: the files of circom and snarkjs, as their users have them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall stop")]

mod common;

use common::{arg, done, fails, odd_folder, tabella};
use predicates::prelude::*;
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A file of the example: a circuit by circom, a key and a witness by snarkjs.
fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/circom").join(name)
}

#[test]
fn a_proof_is_written_as_snarkjs_writes_it() {
    let root = tempfile::tempdir().unwrap();
    let folder = odd_folder(root.path(), "proof");
    let (proof, public) = (folder.join("proof.json"), folder.join("public.json"));
    let (key, witness) = (example("power.zkey"), example("power.wtns"));
    // A cache of its own: the user's may have tables of this key.
    let cache = root.path().join("cache");
    let args = [
        ["groth16", "prove", arg(&key), arg(&witness)],
        [arg(&proof), arg(&public), "--tables-dir", arg(&cache)],
    ]
    .concat();
    let report = done(&args);
    assert_eq!((&report["public_inputs"], &report["constraints"]), (&1.into(), &8.into()), "{report}");
    assert_eq!(fs::read_to_string(&public).unwrap(), "[\n \"251\"\n]");
    // What it was made with.
    assert_eq!(report["tables"], "none", "{report}");
    assert!(report["point_bytes"].is_u64() && report["kernel"].is_string(), "{report}");
    assert!(report["open_seconds"].is_f64() && report["prove_seconds"].is_f64(), "{report}");
    let text = fs::read_to_string(&proof).unwrap();
    assert!(
        text.starts_with("{\n \"pi_a\": [\n  \"") && text.ends_with(" \"curve\": \"bn128\"\n}"),
        "{text}"
    );
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (&value["pi_a"][2], &value["pi_b"][2][0], &value["protocol"]),
        (&"1".into(), &"1".into(), &"groth16".into())
    );

    let verify = ["groth16", "verify", arg(&example("verification_key.json")), arg(&public), arg(&proof)]
        .map(str::to_owned);
    let verify: Vec<&str> = verify.iter().map(String::as_str).collect();
    assert_eq!(done(&verify)["valid"], true);
    // Nothing is overwritten without being asked; what is proved again is another proof of the same.
    fails(&args, 4, "file-exists");
    assert_eq!(fs::read_to_string(&proof).unwrap(), text);
    done(&[&args[..], &["--force", "--threads", "1"]].concat());
    assert_ne!(fs::read_to_string(&proof).unwrap(), text);
    done(&verify);
    fs::write(&public, "[\"252\"]").unwrap();
    fails(&verify, 1, "invalid-proof");
    fs::write(&public, "[\"0251\"]").unwrap();
    fails(&verify, 3, "malformed-file");
    fs::write(&public, "[\"251\", \"1\"]").unwrap();
    fails(&verify, 1, "invalid-proof");
}

#[test]
fn proof_and_public_inputs_are_written_as_a_pair() {
    let root = tempfile::tempdir().unwrap();
    let at = |name: &str| root.path().join(name);
    let (key, witness) = (example("power.zkey"), example("power.wtns"));
    let prove = |key: &Path, proof: &Path, public: &Path| {
        ["groth16", "prove", arg(key), arg(&witness), arg(proof), arg(public)].map(str::to_owned)
    };
    let fails = |args: &[String; 6], options: &[&str], exit, code| {
        let args: Vec<&str> = args.iter().map(String::as_str).chain(options.iter().copied()).collect();
        fails(&args, exit, code)["error"]["message"].as_str().unwrap().to_owned()
    };
    // That a folder is missing is said before the key is opened.
    let said = fails(&prove(&at("no.zkey"), &at("proof.json"), &at("none/public.json")), &[], 4, "not-found");
    let [public, folder] = ["none/public.json", "none"].map(|name| at(name).display().to_string());
    assert_eq!(said, format!("cannot write {public}: the folder {folder} does not exist"));
    fs::write(at("public.json"), "mine").unwrap();
    let args = prove(&key, &at("proof.json"), &at("public.json"));
    let said = fails(&args, &[], 4, "file-exists");
    assert!(said.contains("public.json"), "{said}");
    assert!(!at("proof.json").exists());
    assert_eq!(fs::read_to_string(at("public.json")).unwrap(), "mine");
    // A folder is never replaced.
    fs::create_dir(at("folder")).unwrap();
    fails(&prove(&key, &at("proof.json"), &at("folder")), &["--force"], 4, "io");
    // What is read is not written.
    for (proof, public) in [(&key, &at("out.json")), (&at("out.json"), &witness)] {
        fails(&prove(&key, proof, public), &["--force"], 2, "usage");
    }
    // One file by two names.
    fails(&prove(&key, &at("out.json"), &at("folder/../out.json")), &["--force"], 2, "usage");
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 2);
    let args: Vec<&str> = args.iter().map(String::as_str).chain(["--force", "--tables", "small"]).collect();
    let report = done(&[&args[..], &["--tables-dir", arg(&at("cache"))]].concat());
    assert_eq!(report["tables"], "small");
    assert_eq!(fs::read_to_string(at("public.json")).unwrap(), "[\n \"251\"\n]");
}

#[test]
fn a_wrong_witness_is_refused_and_with_the_constraints_its_fault_is_named() {
    let root = tempfile::tempdir().unwrap();
    let [witness, proof, public] =
        ["wrong.wtns", "proof.json", "public.json"].map(|name| root.path().join(name));
    let mut bytes = fs::read(example("power.wtns")).unwrap();
    // The last value: one more than it was.
    let at = bytes.len() - 32;
    bytes[at] ^= 1;
    fs::write(&witness, &bytes).unwrap();
    let (key, r1cs) = (example("power.zkey"), example("power.r1cs"));
    let args = ["groth16", "prove", arg(&key), arg(&witness), arg(&proof), arg(&public)];
    let report = fails(&args, 1, "unsatisfied");
    assert!(report["error"]["hint"].as_str().unwrap().contains("--r1cs"));
    let report = fails(&[&args[..], &["--r1cs", arg(&r1cs)]].concat(), 1, "unsatisfied");
    assert!(report["constraint"].is_number(), "{report}");
    assert!(!proof.exists() && !public.exists());
    // Too few values; not a field element; not a witness.
    fs::write(&witness, &bytes[..at]).unwrap();
    fails(&args, 3, "malformed-file");
    bytes[at..].fill(0xff);
    fs::write(&witness, &bytes).unwrap();
    fails(&args, 3, "malformed-file");
    fails(&["groth16", "prove", arg(&key), arg(&key), arg(&proof), arg(&public)], 3, "malformed-file");
    fails(
        &["groth16", "prove", arg(&r1cs), arg(&example("power.wtns")), arg(&proof), arg(&public)],
        3,
        "malformed-file",
    );
    fails(
        &["groth16", "prove", arg(&key), arg(&example("power.wtns")), arg(&proof), arg(&proof)],
        2,
        "usage",
    );
    fails(&["groth16", "prove", arg(&key), "none.wtns", arg(&proof), arg(&public)], 4, "not-found");
}

#[test]
fn a_witness_of_another_circuit_is_told_by_both_counts() {
    let root = tempfile::tempdir().unwrap();
    let [short, proof, public] =
        ["short.wtns", "proof.json", "public.json"].map(|name| root.path().join(name));
    // One value less: in the header, in the length of the section, and in the section.
    let mut bytes = fs::read(example("power.wtns")).unwrap();
    bytes.truncate(bytes.len() - 32);
    bytes[60..64].copy_from_slice(&8u32.to_le_bytes());
    bytes[68..76].copy_from_slice(&(8u64 * 32).to_le_bytes());
    fs::write(&short, &bytes).unwrap();
    let (key, cache) = (example("power.zkey"), root.path().join("cache"));
    let args = ["groth16", "prove", arg(&key), arg(&short), arg(&proof), arg(&public)];
    let tables = ["--tables", "small", "--tables-dir", arg(&cache)];
    let report = fails(&[&args[..], &tables].concat(), 1, "other-circuit");
    // Before tables are computed: what is remembered is that the key was checked.
    let kept: Vec<_> = fs::read_dir(&cache).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(kept.len() == 1 && kept[0].extension().unwrap() == "validated", "{kept:?}");
    let said = report["error"]["message"].as_str().unwrap();
    let expected = "witness and proving key do not belong together: the witness has 8 values, the key's circuit 9 variables";
    assert!(said.ends_with(expected), "{said}");
}

#[test]
fn a_file_in_the_place_of_another_is_told_what_it_is_and_what_is_wanted() {
    let root = tempfile::tempdir().unwrap();
    let at = |name: &str| root.path().join(name);
    let own = at("own.pk");
    done(&["groth16", "export", "tabella", arg(&example("power.zkey")), arg(&own)]);
    fs::write(at("large.zkey"), [b"zkey".as_slice(), &[0; 1 << 20]].concat()).unwrap();
    let [zkey, wtns, r1cs, wasm, vk, input, source] = ["zkey", "wtns", "r1cs", "wasm"]
        .map(|suffix| example(&format!("power.{suffix}")))
        .into_iter()
        .chain(["verification_key.json", "input.json", "power.circom"].map(example))
        .collect::<Vec<_>>()
        .try_into()
        .unwrap();
    let (proof, public) = (at("proof.json"), at("public.json"));
    let prove = |key: &Path, witness: &Path, option: Option<(&'static str, &Path)>| {
        let mut args = ["groth16", "prove", arg(key), arg(witness), arg(&proof), arg(&public)]
            .map(str::to_owned)
            .to_vec();
        args.extend(option.iter().flat_map(|(name, path)| [(*name).to_owned(), arg(path).to_owned()]));
        args
    };
    let verify =
        |key: &Path| ["groth16", "verify", arg(key), arg(&input), arg(&input)].map(str::to_owned).to_vec();
    let json = |name: &str, text: &str| {
        fs::write(at(name), text).unwrap();
        at(name)
    };
    for (args, kind, wanted) in [
        (prove(&wtns, &zkey, None), "is not a proving key: it is a witness (.wtns)", ".zkey"),
        (prove(&vk, &wtns, None), "it is a verification key in JSON", ".zkey"),
        (prove(&zkey, &zkey, None), "is not a witness: it is a proving key of snarkjs (.zkey)", ".wtns"),
        (prove(&zkey, &own, None), "it is a proving key of Tabella", ".wtns"),
        (prove(&zkey, &input, None), "it is an object in JSON", "--wasm"),
        (prove(&zkey, &source, None), "it is source code of a circuit (.circom)", ".wtns"),
        (
            prove(&zkey, &wtns, Some(("--r1cs", &own))),
            "is not a circuit's constraints: it is a proving key of Tabella",
            ".r1cs",
        ),
        (prove(&zkey, &input, Some(("--wasm", &r1cs))), "it is constraints of a circuit (.r1cs)", ".wasm"),
        (
            prove(&zkey, &wtns, Some(("--wasm", &wasm))),
            "is not a file of inputs: it is a witness (.wtns)",
            "input.json",
        ),
        (
            verify(&zkey),
            "is not a verification key: it is a proving key of snarkjs",
            "export verification-key",
        ),
        (verify(&at("large.zkey")), "it is a proving key of snarkjs", "export verification-key"),
        (verify(&json("proof", "{\"pi_a\": []}")), "it is a proof in JSON", "verification_key.json"),
        (verify(&json("list", "[]")), "it is a list in JSON", "verification_key.json"),
        (vec!["groth16".into(), "inspect".into(), arg(&input).into()], "it is an object in JSON", ".zkey"),
    ] {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let error = &fails(&args, 3, "malformed-file")["error"];
        let said = |part: &str| error[part].as_str().unwrap().to_owned();
        assert!(said("message").contains(kind) && said("hint").contains(wanted), "{args:?}: {error}");
    }
    // The right kind, and something wrong in it: where, and nothing twice.
    let cut = fs::read(&own).unwrap();
    fs::write(&own, &cut[..3000]).unwrap();
    let error = fails(&["groth16", "inspect", arg(&own)], 3, "malformed-file");
    let message = error["error"]["message"].as_str().unwrap();
    assert_eq!(message.matches("proving key").count(), 1, "{message}");
    assert!(message.contains("section \"table of sections\", offset 16: "), "{message}");
}

#[test]
fn a_witness_is_computed_by_the_circuits_program() {
    let root = tempfile::tempdir().unwrap();
    let [inputs, proof, public] =
        ["input.json", "proof.json", "public.json"].map(|name| root.path().join(name));
    let (key, wasm) = (example("power.zkey"), example("power.wasm"));
    let [key, inputs_file, proof, public_file, wasm] =
        [&key, &inputs, &proof, &public, &wasm].map(|path| arg(path));
    let prove =
        |program| ["groth16", "prove", key, inputs_file, proof, public_file, "--wasm", program, "--force"];
    let args = prove(wasm);
    fs::copy(example("input.json"), &inputs).unwrap();
    done(&args);
    assert_eq!(fs::read_to_string(&public).unwrap(), "[\n \"251\"\n]");
    fs::write(&inputs, "{\"x\": \"2\"}").unwrap();
    done(&args);
    assert_eq!(fs::read_to_string(&public).unwrap(), "[\n \"39\"\n]");
    // 16 is not below 16; there is no y; x is missing; no JSON; no program.
    fs::write(&inputs, "{\"x\": 16}").unwrap();
    fails(&args, 1, "unsatisfied");
    fs::write(&inputs, "{\"y\": 1}").unwrap();
    fails(&args, 3, "other-inputs");
    fs::write(&inputs, "{}").unwrap();
    fails(&args, 3, "other-inputs");
    fs::write(&inputs, "{").unwrap();
    fails(&args, 3, "malformed-file");
    fs::copy(example("input.json"), &inputs).unwrap();
    fails(&prove(key), 3, "malformed-file");
}

#[test]
fn files_are_inspected_and_witnesses_are_not_shown() {
    let report = done(&["groth16", "inspect", arg(&example("power.zkey"))]);
    let counts = ["constraints", "variables", "public_inputs", "contributions", "bytes"]
        .map(|name| report[name].as_u64());
    assert_eq!(counts, [Some(8), Some(9), Some(1), Some(1), Some(6052)], "{report}");
    assert_eq!(report["sha-256"].as_str().unwrap().len(), 64);
    assert_eq!(report["domain"], 16);
    // A key of snarkjs does not hold C.
    assert_eq!((&report["entries_of_a"], &report["entries_of_c"]), (&11.into(), &Value::Null));
    let report = done(&["groth16", "inspect", arg(&example("power.r1cs"))]);
    assert!(report["entries_of_c"].as_u64().unwrap() > 0, "{report}");
    assert_eq!((&report["constraints"], &report["private_inputs"]), (&8.into(), &1.into()), "{report}");
    let report = done(&["groth16", "inspect", arg(&example("power.wtns"))]);
    assert_eq!(report["variables"], 9);
    tabella()
        .args(["groth16", "inspect", arg(&example("power.wtns"))])
        .assert()
        .success()
        .stdout(predicate::str::contains("251").not());
    fails(&["groth16", "inspect", arg(&example("power.circom"))], 3, "malformed-file");
}

#[test]
fn keys_are_exported_and_come_back() {
    let root = tempfile::tempdir().unwrap();
    let at = |name: &str| root.path().join(name);
    let key = example("power.zkey");
    let export = |form: &str, from: &Path, to: &Path| done(&["groth16", "export", form, arg(from), arg(to)]);
    export("verification-key", &key, &at("vk.json"));
    assert_eq!(fs::read(at("vk.json")).unwrap(), fs::read(example("verification_key.json")).unwrap());
    export("zkey", &key, &at("same.zkey"));
    assert_eq!(fs::read(at("same.zkey")).unwrap(), fs::read(&key).unwrap());
    // Into our format and back: all but the transcript of the ceremony.
    export("tabella", &key, &at("own.key"));
    export("zkey", &at("own.key"), &at("back.zkey"));
    let [before, after] =
        [key.clone(), at("back.zkey")].map(|path| done(&["groth16", "inspect", arg(&path)]));
    for name in ["circuit_digest", "verifying_key", "constraints", "domain"] {
        assert_eq!(before[name], after[name], "{name}");
    }
    for key in ["own.key", "back.zkey"] {
        let (proof, public) = (at("proof.json"), at("public.json"));
        done(&[
            "groth16",
            "prove",
            arg(&at(key)),
            arg(&example("power.wtns")),
            arg(&proof),
            arg(&public),
            "--force",
        ]);
        done(&["groth16", "verify", arg(&at("vk.json")), arg(&public), arg(&proof)]);
    }
    fails(&["groth16", "export", "zkey", arg(&key), arg(&at("back.zkey"))], 4, "file-exists");
    fails(
        &["groth16", "export", "zkey", arg(&example("power.wtns")), arg(&at("new.zkey"))],
        3,
        "malformed-file",
    );
    fails(&["groth16", "export", "pdf", arg(&key), arg(&at("new.zkey"))], 2, "usage");
}

#[test]
fn a_key_is_checked_once_and_its_tables_are_kept() {
    let root = tempfile::tempdir().unwrap();
    let folder = odd_folder(root.path(), "keys").join("cache");
    let (proof, public) = (root.path().join("proof.json"), root.path().join("public.json"));
    let (key, witness) = (example("power.zkey"), example("power.wtns"));
    // What is said on standard error.
    let prove = |options: &[&str]| {
        let output = tabella()
            .args(["groth16", "prove", arg(&key), arg(&witness)])
            .args([arg(&proof), arg(&public), "--force", "--tables-dir", arg(&folder)])
            .args(options)
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{said}");
        said
    };
    let files = |suffix: &str| -> Vec<PathBuf> {
        let paths = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        paths.filter(|path| path.extension().is_some_and(|extension| extension == suffix)).collect()
    };
    // For one proof no tables are computed, but the key is known from now on.
    assert_eq!(prove(&[]), "");
    assert_eq!((files("validated").len(), files("tables").len()), (1, 0));
    assert_eq!(prove(&["--tables", "small"]), "");
    let [tables] = <[PathBuf; 1]>::try_from(files("tables")).unwrap();
    let good = fs::read(&tables).unwrap();
    assert_eq!(prove(&[]), "");
    // Damaged: it is said to who would use them, and mended for who asks for them.
    fs::write(&tables, &good[..good.len() - 1]).unwrap();
    assert_eq!(prove(&["--tables", "none"]), "");
    assert!(prove(&[]).contains("small.tables is not used"));
    assert_ne!(fs::read(&tables).unwrap(), good);
    assert!(prove(&["--tables", "small"]).contains("small.tables is not used"));
    assert_eq!(prove(&["--tables", "small"]), "");
    assert_eq!(fs::read(&tables).unwrap(), good);
    let args = ["groth16", "prove", arg(&key), arg(&witness)];
    fails(&[&args[..], &["--tables", "huge"]].concat(), 2, "usage");
    // A folder in the place of the tables; a file in the place of the cache. Each is said in one line.
    fs::remove_file(&tables).unwrap();
    fs::create_dir(&tables).unwrap();
    let said = prove(&[]);
    let unusable = "is not used and will be replaced when tables are asked for: it is not a file\n";
    assert!(said.lines().count() == 1 && said.ends_with(unusable), "{said}");
    fs::remove_dir_all(&folder).unwrap();
    fs::write(&folder, "").unwrap();
    let expected = format!(
        "note: {} cannot be written (not a directory): what is done for the key now is done again each time; choose another folder for \
         the cache\n",
        folder.display()
    );
    assert_eq!(prove(&[]), expected);
    assert_eq!(prove(&["--tables", "small"]), expected);
}

#[test]
fn names_that_are_left_out_are_those_of_snarkjs() {
    let root = tempfile::tempdir().unwrap();
    let run = |args: &[&str], exit: i32| {
        let output = tabella().current_dir(root.path()).arg("groth16").args(args).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(exit), "{args:?}: {said}");
        said
    };
    let cache = ["--tables-dir", "cache"];
    assert!(run(&["prove"], 4).contains("circuit_final.zkey"));
    for (from, to) in [
        ("power.zkey", "circuit_final.zkey"),
        ("power.wtns", "witness.wtns"),
        ("input.json", "input.json"),
        ("verification_key.json", "verification_key.json"),
    ] {
        fs::copy(example(from), root.path().join(to)).unwrap();
    }
    run(&[&["prove"][..], &cache].concat(), 0);
    run(&["verify"], 0);
    // With a program, the inputs.
    fs::write(root.path().join("input.json"), "{\"x\": \"0x2\"}").unwrap();
    let wasm = example("power.wasm");
    run(&[&["prove", "--force", "--wasm", arg(&wasm)][..], &cache].concat(), 0);
    run(&["verify"], 0);
    assert_eq!(fs::read_to_string(root.path().join("public.json")).unwrap(), "[\n \"39\"\n]");
}

#[test]
fn commands_of_snarkjs_are_answered_with_ours() {
    let error = &fails(&["groth16", "fullprove", "in.json", "c.wasm", "c.zkey"], 2, "usage")["error"];
    assert_eq!(error["hint"], "tabella groth16 prove c.zkey in.json proof.json public.json --wasm c.wasm");
    let error = &fails(&["groth16", "setup", "c.r1cs", "pot.ptau", "-v"], 2, "usage")["error"];
    assert!(error["hint"].as_str().unwrap().contains("snarkjs groth16 setup"), "{error}");
    // They are no commands of ours.
    tabella()
        .args(["groth16", "--help"])
        .assert()
        .success()
        .stdout(predicate::str::contains("fullprove").not());
}

#[test]
fn what_is_nothing_is_said_plainly() {
    let root = tempfile::tempdir().unwrap();
    let empty = root.path().join("empty");
    fs::write(&empty, "").unwrap();
    let (key, witness) = (example("power.zkey"), example("power.wtns"));
    let outputs = [root.path().join("proof.json"), root.path().join("public.json")];
    let prove = |key: &Path, witness: &Path, more: &[&str]| {
        let args = ["groth16", "prove", arg(key), arg(witness), arg(&outputs[0]), arg(&outputs[1])];
        let (exit, code) = if more.is_empty() { (3, "truncated-file") } else { (2, "usage") };
        fails(&[&args[..], more].concat(), exit, code)["error"]["message"].as_str().unwrap().to_owned()
    };
    let message = |what: &str| format!("{} is empty, where {what} should be", empty.display());
    assert_eq!(prove(&empty, &witness, &[]), message("a proving key"));
    assert_eq!(prove(&key, &empty, &[]), message("a witness"));
    let threads = prove(&key, &witness, &["--threads", "0"]);
    assert_eq!(threads, "invalid value '0' for '--threads <THREADS>': it is not a number from 1 on");
}
