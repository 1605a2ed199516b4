//! `tabella-wasm-bindgen MODULE.wasm FOLDER NAME`: writes `NAME.js` and `NAME_bg.wasm`, which Node and browsers load.
//!
//! The library behind `wasm-bindgen`'s own program, whose version so stands in one lock file with that of the module.

use std::{env, error::Error, process::ExitCode};
use wasm_bindgen_cli_support::Bindgen;

fn run() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [module, folder, name] = arguments.as_slice() else {
        return Err("usage: tabella-wasm-bindgen MODULE.wasm FOLDER NAME".into());
    };
    Bindgen::new()
        .input_path(module)
        .out_name(name)
        .web(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        // Whoever loads a module says where it lies.
        .omit_default_module_path(true)
        .generate(folder)?;
    Ok(())
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("tabella-wasm-bindgen: {failure}");
            ExitCode::FAILURE
        }
    }
}
