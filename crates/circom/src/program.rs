//! circom's witness program: a WebAssembly module that computes the assignment of a circuit from its inputs.
//!
//! `circom --wasm` writes it (`circuit.wasm`), snarkjs runs it in JavaScript. Here it runs in an interpreter, without any
//! access to the machine, with limits on memory and on the number of steps:
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use tabella_circom::program::{Inputs, Limits, WitnessProgram};
//!
//! let program = WitnessProgram::from_bytes(&std::fs::read("circuit.wasm")?)?;
//! let inputs = Inputs::from_json(&std::fs::read_to_string("input.json")?)?;
//! let assignment = program.run(&inputs, &Limits::default())?;
//! # Ok(())
//! # }
//! ```
//!
//! The interface is that of circom 2: inputs are named by the FNV-1a hash of their name and set word by word through a
//! buffer of the program's memory; the wires are read back the same way.

mod error;
mod inputs;

pub use error::{ProgramError, Rejection};
pub use inputs::{InputError, Inputs, MAX_EXACT, MAX_INPUT_JSON, Syntax};

use ark_ff::{BigInt, PrimeField};
use core::fmt;
use error::Exception;
use tabella_primitives::Fr;
use wasmi::{
    Caller, CompilationMode, Config, Engine, Error, Extern, Instance, Linker, Module, Store, StoreLimits,
    StoreLimitsBuilder, TypedFunc, WasmParams, WasmResults,
};
use zeroize::{Zeroize, Zeroizing};

/// Version of circom whose interface is known.
const MAJOR_VERSION: u32 = 2;
/// Words of 32 bits in one field element.
const WORDS: u32 = 8;
/// Longest message that is taken from a program, in characters.
const MAX_MESSAGE: usize = 2000;
/// Most entries of a table of functions.
const MAX_TABLE: usize = 1 << 20;
/// The module from which programs import.
const MODULE: &str = "runtime";
/// What they import from it, depending on the version of circom; see [`linker`].
const CALLBACKS: [&str; 5] =
    ["exceptionHandler", "printErrorMessage", "writeBufferMessage", "showSharedRWMemory", "log"];
/// Granularity at which memory is erased.
const PAGE: usize = 4096;

/// What a program may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of memory, for the program's own memory and likewise for the assignment.
    pub memory: usize,
    /// Steps of the interpreter, about one for each instruction. A thousand million take some seconds.
    pub steps: u64,
}

impl Default for Limits {
    /// 1 GiB and 2^34 steps: enough for circuits of some million constraints.
    fn default() -> Self {
        Self { memory: 1 << 30, steps: 1 << 34 }
    }
}

/// A witness program, checked and ready to be run any number of times.
#[derive(Clone)]
pub struct WitnessProgram {
    engine: Engine,
    module: Module,
}

impl fmt::Debug for WitnessProgram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WitnessProgram(..)")
    }
}

/// What the program's callbacks reach.
struct Host {
    limits: StoreLimits,
    message: String,
}

impl WitnessProgram {
    /// Reads and validates a WebAssembly module.
    ///
    /// # Errors
    /// [`ProgramError::Malformed`] for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ProgramError> {
        let mut config = Config::default();
        // Validates everything now, and translates a function when it is first called.
        config.consume_fuel(true).compilation_mode(CompilationMode::LazyTranslation);
        let engine = Engine::new(&config);
        let module = Module::new(&engine, bytes)
            .map_err(|error| ProgramError::Malformed { reason: error.to_string() })?;
        Ok(Self { engine, module })
    }

    /// Runs the program: the values of all wires, the constant 1 first.
    ///
    /// # Errors
    /// [`ProgramError`]. A program that does not end or wants too much memory is stopped by `limits`.
    ///
    /// # Security
    /// The program's memory is erased, the interpreter's own stack is not. How long it runs depends on the inputs, as with
    /// every program of circom.
    pub fn run(&self, inputs: &Inputs, limits: &Limits) -> Result<Zeroizing<Vec<Fr>>, ProgramError> {
        let mut run = Run::start(self, limits)?;
        let outcome = run.set(inputs).and_then(|()| run.wires());
        run.erase();
        outcome
    }
}

/// A program at work.
struct Run {
    store: Store<Host>,
    instance: Instance,
    limits: Limits,
}

impl Run {
    fn start(program: &WitnessProgram, limits: &Limits) -> Result<Self, ProgramError> {
        let bounds = StoreLimitsBuilder::new()
            .memory_size(limits.memory)
            .table_elements(MAX_TABLE)
            .instances(1)
            .memories(1)
            .tables(1);
        let mut store = Store::new(&program.engine, Host { limits: bounds.build(), message: String::new() });
        store.limiter(|host| &mut host.limits);
        let failed = |error: &Error| ProgramError::of(error, limits, "");
        store.set_fuel(limits.steps).map_err(|error| failed(&error))?;
        let linker = linker(&program.engine).map_err(|error| failed(&error))?;
        for import in program.module.imports() {
            if import.module() != MODULE || !CALLBACKS.contains(&import.name()) {
                let (module, name) = (import.module().to_owned(), import.name().to_owned());
                return Err(ProgramError::Import { module, name });
            }
        }
        let instance =
            linker.instantiate_and_start(&mut store, &program.module).map_err(|error| failed(&error))?;
        let mut run = Self { store, instance, limits: *limits };
        match run.call::<(), u32>("getVersion", ())? {
            MAJOR_VERSION => {}
            actual => return Err(ProgramError::Version { actual }),
        }
        let words = run.call::<(), u32>("getFieldNumLen32", ())?;
        if words != WORDS {
            return Err(ProgramError::Field { words });
        }
        run.call::<(), ()>("getRawPrime", ())?;
        if *run.read()? != Fr::MODULUS.0 {
            return Err(ProgramError::Field { words });
        }
        // 1: the program checks its constraints, where it was built to.
        run.call::<u32, ()>("init", 1)?;
        Ok(run)
    }

    /// Calls an exported function.
    fn call<P: WasmParams, R: WasmResults>(
        &mut self,
        name: &'static str,
        parameters: P,
    ) -> Result<R, ProgramError> {
        let function: TypedFunc<P, R> =
            self.instance.get_typed_func(&self.store, name).map_err(|_| ProgramError::Export { name })?;
        function
            .call(&mut self.store, parameters)
            .map_err(|error| ProgramError::of(&error, &self.limits, &self.store.data().message))
    }

    /// The field element in the shared buffer, as limbs.
    fn read(&mut self) -> Result<Zeroizing<[u64; 4]>, ProgramError> {
        let mut limbs = Zeroizing::new([0u64; 4]);
        for (limb, word) in limbs.iter_mut().zip((0u32..).step_by(2)) {
            let low = self.call::<u32, u32>("readSharedRWMemory", word)?;
            let high = self.call::<u32, u32>("readSharedRWMemory", word + 1)?;
            *limb = u64::from(low) | (u64::from(high) << 32);
        }
        Ok(limbs)
    }

    /// Sets all inputs; the program computes the wires when the last is set.
    fn set(&mut self, inputs: &Inputs) -> Result<(), ProgramError> {
        let mut given = 0usize;
        for (name, values) in inputs.iter() {
            let [high, low] = name_hash(name);
            let actual = values.len();
            // Depending on its version, circom answers 0 or -1 for a name that it does not know.
            let expected =
                match usize::try_from(self.call::<(u32, u32), i32>("getInputSignalSize", (high, low))?) {
                    Err(_) | Ok(0) => return Err(ProgramError::UnknownInput { name: name.to_owned() }),
                    Ok(expected) => expected,
                };
            if expected != actual {
                return Err(ProgramError::InputLength { name: name.to_owned(), expected, actual });
            }
            given += actual;
        }
        let wanted = self.call::<(), u32>("getInputSize", ())?;
        if u32::try_from(given) != Ok(wanted) {
            return Err(ProgramError::MissingInputs { expected: wanted, actual: given });
        }
        for (name, values) in inputs.iter() {
            let [high, low] = name_hash(name);
            for (place, value) in (0u32..).zip(values) {
                let words = Zeroizing::new(value.into_bigint().0.map(|limb| [limb, limb >> 32]));
                for (at, word) in (0u32..).zip(words.as_flattened()) {
                    let word = u32::try_from(word & u64::from(u32::MAX)).expect("32 bits are left");
                    self.call::<(u32, u32), ()>("writeSharedRWMemory", (at, word))?;
                }
                self.call::<(u32, u32, u32), ()>("setInputSignal", (high, low, place))?;
            }
        }
        Ok(())
    }

    /// Reads all wires.
    fn wires(&mut self) -> Result<Zeroizing<Vec<Fr>>, ProgramError> {
        let count = self.call::<(), u32>("getWitnessSize", ())?;
        let room = usize::try_from(count)
            .ok()
            .filter(|count| {
                count.checked_mul(size_of::<Fr>()).is_some_and(|bytes| bytes <= self.limits.memory)
            })
            .ok_or(ProgramError::OutOfMemory { limit: self.limits.memory })?;
        let mut wires = Zeroizing::new(Vec::with_capacity(room));
        for wire in 0..count {
            self.call::<u32, ()>("getWitness", wire)?;
            let limbs = self.read()?;
            wires.push(Fr::from_bigint(BigInt(*limbs)).ok_or(ProgramError::NotCanonical { wire })?);
        }
        Ok(wires)
    }

    /// Erases the program's memory. Pages that were never written are only read.
    fn erase(&mut self) {
        let memories: Vec<_> =
            self.instance.exports(&self.store).filter_map(|export| export.into_memory()).collect();
        for memory in memories {
            for page in memory.data_mut(&mut self.store).chunks_mut(PAGE) {
                if page.iter().any(|byte| *byte != 0) {
                    page.zeroize();
                }
            }
        }
    }
}

/// The functions that a program of circom imports. None reaches out of the program.
fn linker(engine: &Engine) -> Result<Linker<Host>, Error> {
    let mut linker = Linker::new(engine);
    linker.func_wrap(MODULE, "exceptionHandler", |code: u32| -> Result<(), Error> {
        Err(Error::host(Exception(code)))
    })?;
    linker.func_wrap(MODULE, "printErrorMessage", |mut caller: Caller<'_, Host>| -> Result<(), Error> {
        let Some(Extern::Func(next)) = caller.get_export("getMessageChar") else { return Ok(()) };
        let next = next.typed::<(), u32>(&caller)?;
        for _ in 0..MAX_MESSAGE {
            match char::from_u32(next.call(&mut caller, ())?) {
                None | Some('\0') => break,
                Some(character) if caller.data().message.len() < MAX_MESSAGE => {
                    caller.data_mut().message.push(character);
                }
                Some(_) => {}
            }
        }
        Ok(())
    })?;
    // What `log` prints may be secret, and is not shown.
    linker.func_wrap(MODULE, "writeBufferMessage", || {})?;
    linker.func_wrap(MODULE, "showSharedRWMemory", || {})?;
    linker.func_wrap(MODULE, "log", |_: u32| {})?;
    Ok(linker)
}

/// FNV-1a of a name, 64 bits, as high and low word.
fn name_hash(name: &str) -> [u32; 2] {
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    [hash >> 32, hash & u64::from(u32::MAX)].map(|word| u32::try_from(word).expect("32 bits are left"))
}
