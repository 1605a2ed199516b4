//! Witness programs: circom's own, and hostile ones.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::path::PathBuf;
use tabella_circom::{
    program::{InputError, Inputs, Limits, ProgramError, Rejection, Syntax, WitnessProgram},
    wtns,
};
use tabella_primitives::Fr;
use zeroize::Zeroizing;

fn example(file: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/circom");
    std::fs::read(folder.join(file)).unwrap()
}

fn power() -> WitnessProgram {
    WitnessProgram::from_bytes(&example("power.wasm")).unwrap()
}

fn inputs(json: &str) -> Inputs {
    Inputs::from_json(json).unwrap()
}

fn run(json: &str) -> Result<Zeroizing<Vec<Fr>>, ProgramError> {
    power().run(&inputs(json), &Limits::default())
}

#[test]
fn the_assignment_is_that_of_snarkjs() {
    let expected = wtns::from_bytes(&example("power.wtns")).unwrap();
    let program = power();
    let json = String::from_utf8(example("input.json")).unwrap();
    // Twice: nothing is left of the first run.
    for text in [json.as_str(), r#"{"x":"3"}"#] {
        assert_eq!(program.run(&inputs(text), &Limits::default()).unwrap(), expected);
    }
}

#[test]
fn wrong_inputs_are_named() {
    let name = || "y".to_owned();
    assert_eq!(run(r#"{"x":3,"y":3}"#), Err(ProgramError::UnknownInput { name: name() }));
    assert_eq!(
        run(r#"{"x":[3,4]}"#),
        Err(ProgramError::InputLength { name: "x".into(), expected: 1, actual: 2 })
    );
    let missing = ProgramError::MissingInputs { expected: 1, actual: 0 };
    assert_eq!(
        missing.to_string(),
        "inputs are missing: those of the circuit have 1 element in all, given: 0"
    );
    assert_eq!(run("{}"), Err(missing));
}

#[test]
fn a_broken_constraint_is_told_with_the_programs_message() {
    let Err(ProgramError::Rejected { rejection, message }) = run(r#"{"x":16}"#) else {
        panic!("16 has five bits");
    };
    assert_eq!(rejection, Rejection::AssertFailed);
    assert!(message.contains("Power"), "{message}");
    assert!(!message.contains("16\n"), "{message}");
}

#[test]
fn limits_are_kept() {
    let inputs = inputs(r#"{"x":3}"#);
    let few = Limits { steps: 1000, ..Limits::default() };
    assert_eq!(power().run(&inputs, &few), Err(ProgramError::OutOfSteps { limit: 1000 }));
    let small = Limits { memory: 1 << 10, ..Limits::default() };
    assert_eq!(power().run(&inputs, &small), Err(ProgramError::OutOfMemory { limit: 1 << 10 }));
}

/// A number in WebAssembly's variable-length form.
fn leb(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = u8::try_from(number & 127).unwrap();
        number >>= 7;
        bytes.push(if number == 0 { low } else { low | 128 });
        if number == 0 {
            return bytes;
        }
    }
}

fn section(id: u8, content: &[u8]) -> Vec<u8> {
    [&[id][..], &leb(content.len()), content].concat()
}

/// A module with so many pages of memory and one function `getVersion` with this body.
fn module(imports: &[u8], pages: usize, body: &[u8]) -> Vec<u8> {
    let name = b"getVersion";
    let function = u8::from(!imports.is_empty());
    let code = [&[0][..], body, &[0x0b]].concat();
    [
        b"\0asm\x01\0\0\0".to_vec(),
        section(1, &[1, 0x60, 0, 1, 0x7f]),
        if imports.is_empty() { Vec::new() } else { section(2, imports) },
        section(3, &[1, 0]),
        section(5, &[&[1, 0][..], &leb(pages)].concat()),
        section(7, &[&[1][..], &leb(name.len()), name, &[0, function]].concat()),
        section(10, &[&[1][..], &leb(code.len()), &code].concat()),
    ]
    .concat()
}

fn run_module(bytes: &[u8]) -> ProgramError {
    let limits = Limits { memory: 1 << 26, steps: 1 << 20 };
    WitnessProgram::from_bytes(bytes).unwrap().run(&Inputs::new(), &limits).unwrap_err()
}

#[test]
fn hostile_programs_are_stopped() {
    // loop br 0 end unreachable
    let endless = module(&[], 1, &[0x03, 0x40, 0x0c, 0, 0x0b, 0x00]);
    assert_eq!(run_module(&endless), ProgramError::OutOfSteps { limit: 1 << 20 });
    // call 0: itself
    let recursive = module(&[], 1, &[0x10, 0]);
    assert!(matches!(run_module(&recursive), ProgramError::Trapped { .. }));
    // i32.const 2, with 4 GiB of memory
    let greedy = module(&[], 65_536, &[0x41, 2]);
    assert_eq!(run_module(&greedy), ProgramError::OutOfMemory { limit: 1 << 26 });
    // unreachable
    assert!(matches!(run_module(&module(&[], 1, &[0x00])), ProgramError::Trapped { .. }));
    // memory.grow by 65,535 pages fails inside the program; it then says version 1.
    let growing = module(&[], 1, &[0x41, 0xff, 0xff, 0x03, 0x40, 0, 0x1a, 0x41, 1]);
    assert_eq!(run_module(&growing), ProgramError::Version { actual: 1 });
}

#[test]
fn what_is_no_program_is_refused() {
    assert_eq!(run_module(&module(&[], 1, &[0x41, 1])), ProgramError::Version { actual: 1 });
    assert_eq!(run_module(&module(&[], 1, &[0x41, 2])), ProgramError::Export { name: "getFieldNumLen32" });
    let import = [&[1, 3][..], b"env", &[5], b"files", &[0, 0]].concat();
    let import = run_module(&module(&import, 1, &[0x41, 2]));
    assert_eq!(import, ProgramError::Import { module: "env".into(), name: "files".into() });
    for bytes in [&b""[..], b"\0asm", b"\0asm\x01\0\0\0\x01\xff", b"PK\x03\x04 no module"] {
        assert!(
            matches!(WitnessProgram::from_bytes(bytes), Err(ProgramError::Malformed { .. })),
            "{bytes:?}"
        );
    }
    // Every beginning of a program is refused or harmless.
    let whole = example("power.wasm");
    for length in (0..whole.len()).step_by(97) {
        if let Ok(program) = WitnessProgram::from_bytes(&whole[..length]) {
            let limits = Limits { memory: 1 << 26, steps: 1 << 20 };
            assert!(program.run(&inputs(r#"{"x":3}"#), &limits).is_err());
        }
    }
}

#[test]
fn inputs_are_integers_and_arrays_of_them() {
    let two_rows = inputs(r#"{"x":[[1,"2"],[-3,"-4"]]}"#);
    assert_eq!(format!("{two_rows:?}"), "Inputs(..)");
    // Four elements in all: the program says so.
    let refused = power().run(&two_rows, &Limits::default());
    assert_eq!(refused, Err(ProgramError::InputLength { name: "x".into(), expected: 1, actual: 4 }));
    let reason = |text: &str| match Inputs::from_json(text).unwrap_err() {
        InputError::Syntax { reason, line: 1, .. } => reason,
        other => panic!("{other}"),
    };
    for text in ["", "[1]", "1", r#"{"x":null}"#, r#"{"x":{"y":1}}"#, r#"{"x":1} 2"#, r#"{"x":1"#] {
        assert_eq!(reason(text), Syntax::Json, "{text}");
    }
    for value in [
        "1.5",
        "1e3",
        "1.0",
        "\"\"",
        "\" \"",
        "\"-\"",
        "\"--1\"",
        "\"0x\"",
        "\"-0x1\"",
        "\"1_000\"",
        "\"1.0\"",
        "\"0b2\"",
        "\"0xg\"",
        "\"é\"",
    ] {
        assert_eq!(reason(&format!("{{\"x\":{value}}}")), Syntax::NotAnInteger, "{value}");
    }
    let beyond = ["9007199254740992", "-9007199254740992", "18446744073709551616", "1e30", "-1e30"];
    for value in beyond {
        assert_eq!(reason(&format!("{{\"x\":{value}}}")), Syntax::Rounded, "{value}");
    }
    let said = Inputs::from_json("{\"x\": 9007199254740992}").unwrap_err().to_string();
    assert_eq!(
        said,
        "the inputs, line 1, column 22: JavaScript rounds numbers beyond 9007199254740991: write it in quotes"
    );
    assert_eq!(reason(r#"{"x":1,"x":1}"#), Syntax::RepeatedName);
}

/// r, the modulus.
const MODULUS: &str = "21888242871839275222246405745257275088548364400416034343698204186575808495617";

#[test]
fn inputs_have_the_forms_and_values_of_snarkjs() {
    let wires = |value: &str| run(&format!("{{\"x\":{value}}}"));
    let three = run("{\"x\":3}").unwrap();
    // 3 more than r, and 3 less with a sign.
    let near = |last: &str| MODULUS.replace("5617", last);
    // More than one chunk of digits, with zeros in front.
    let padded = format!("{}3", "0".repeat(1000));
    let many = [
        "\"3\"",
        "\"03\"",
        "\"+3\"",
        "\" 3\\n\"",
        "\"0x3\"",
        "\"0X03\"",
        "\"0o3\"",
        "\"0b11\"",
        "[3]",
        "[[\"3\"]]",
    ];
    let long = [near("5620"), format!("-{}", near("5614")), padded.clone(), format!("0x{padded}")];
    for value in many.map(str::to_owned).into_iter().chain(long.map(|text| format!("\"{text}\""))) {
        assert!(wires(&value).unwrap() == three, "{value}");
    }
    // true is 1, false and r are 0.
    let [zero, one] = ["0", "1"].map(|value| wires(value).unwrap());
    assert!(wires("true").unwrap() == one && wires("false").unwrap() == zero && one != zero);
    assert!(wires(&format!("\"{MODULUS}\"")).unwrap() == zero);
    // The greatest number that needs no quotes; -1 and r - 1 are one number, and no number of four bits.
    assert!(matches!(wires("9007199254740991"), Err(ProgramError::Rejected { .. })));
    assert!(matches!(wires("-1"), Err(ProgramError::Rejected { .. })));
}
