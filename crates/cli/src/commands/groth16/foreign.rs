//! What users of snarkjs type out of habit and is called otherwise here, or is not done here: they are told what to type.

use crate::error::Failure;
use clap::Args;

/// Whatever stands behind the name of the command.
#[derive(Args, Debug)]
#[command(disable_help_flag = true)]
pub(super) struct ForeignArgs {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<String>,
}

/// `snarkjs groth16 fullprove [INPUT] [WASM] [ZKEY] [PROOF] [PUBLIC]`: that is `prove` with `--wasm`.
pub(super) fn full_prove(args: &ForeignArgs) -> Failure {
    // The defaults of snarkjs.
    let defaults = ["input.json", "circuit.wasm", "circuit_final.zkey", "proof.json", "public.json"];
    let word = |place: usize| args.words.get(place).map_or(defaults.get(place).copied(), |word| Some(word));
    let [input, program, key, proof, public] =
        [0, 1, 2, 3, 4].map(|place| quoted(word(place).unwrap_or_default()));
    Failure::usage("fullprove is a command of snarkjs; here prove computes the witness too, with --wasm")
        .hint(format!("tabella groth16 prove {key} {input} {proof} {public} --wasm {program}"))
}

/// `snarkjs groth16 setup R1CS PTAU ZKEY`.
pub(super) fn setup() -> Failure {
    Failure::usage("setup is a command of snarkjs; keys of circom's circuits are not made here").hint(
        "make the .zkey with `snarkjs groth16 setup` and `snarkjs zkey contribute`; then tabella groth16 prove takes it as it is",
    )
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/+=:@%,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_that_is_meant_is_named_with_the_users_files() {
        let hint = |words: &[&str]| {
            let args = ForeignArgs { words: words.iter().map(|word| (*word).to_owned()).collect() };
            full_prove(&args).hint_text().map(str::to_owned)
        };
        assert_eq!(
            hint(&["in.json", "c.wasm", "my key.zkey", "it's.json"]).as_deref(),
            Some("tabella groth16 prove 'my key.zkey' in.json 'it'\\''s.json' public.json --wasm c.wasm")
        );
        assert_eq!(
            hint(&[]).as_deref(),
            Some(
                "tabella groth16 prove circuit_final.zkey input.json proof.json public.json --wasm circuit.wasm"
            )
        );
    }
}
