//! The machine on which something is measured. What only Linux tells is absent elsewhere.

use serde::Serialize;
use std::{env, fs, thread};

/// Features of x86-64 and ARM processors on which arithmetic of large integers depends.
const FEATURES: [&str; 12] = [
    "bmi2",
    "adx",
    "avx2",
    "fma",
    "avx512f",
    "avx512ifma",
    "avx512vl",
    "asimd",
    "asimddp",
    "sve",
    "neon",
    "hypervisor",
];

/// What is recorded of a machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Machine {
    /// The processor's name as the operating system gives it; else its architecture.
    pub cpu: String,
    /// Family, model and stepping, which tell apart what bears the same name.
    pub cpu_model: Option<String>,
    /// Features of the processor that matter to arithmetic, of those that the operating system names; `hypervisor` means a
    /// virtual machine.
    pub features: Vec<String>,
    /// Threads that run at once.
    pub threads: usize,
    /// Main memory in bytes.
    pub memory: Option<u64>,
    /// Operating system, its kernel's version, architecture.
    pub system: String,
}

impl Machine {
    /// This machine.
    #[must_use]
    pub fn this() -> Self {
        let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
        Self {
            cpu: field(&info, "model name").map_or_else(|| env::consts::ARCH.to_owned(), str::to_owned),
            cpu_model: cpu_model(&info),
            features: features(&info),
            threads: thread::available_parallelism().map_or(1, usize::from),
            memory: kibibytes(&memory, "MemTotal"),
            system: [env::consts::OS, kernel.trim(), env::consts::ARCH].join(" ").replace("  ", " "),
        }
    }

    /// The processor's name and the number of threads, in letters, digits and hyphens: `amd-epyc-2`.
    #[must_use]
    pub fn file_name(&self) -> String {
        format!("{}-{}", file_name(&self.cpu), self.threads)
    }

    /// One sentence.
    #[must_use]
    pub fn describe(&self) -> String {
        let model = self.cpu_model.as_ref().map_or_else(String::new, |model| format!(" ({model})"));
        let memory = self.memory.map_or_else(String::new, |bytes| format!(", {} MiB of memory", bytes >> 20));
        format!(
            "{}{model}, {} threads{memory}, {}; features: {}",
            self.cpu,
            self.threads,
            self.system,
            if self.features.is_empty() { "unknown".to_owned() } else { self.features.join(" ") }
        )
    }
}

/// Average number of processes that ran or waited during the last minute.
#[must_use]
pub fn load() -> Option<f64> {
    fs::read_to_string("/proc/loadavg").ok()?.split_whitespace().next()?.parse().ok()
}

/// Peak of a process' resident memory, in bytes; `None` for this process.
#[must_use]
pub fn peak_memory(process: Option<u32>) -> Option<u64> {
    kibibytes(&status(process)?, "VmHWM")
}

/// Resident memory of a process, in bytes; `None` for this process.
#[must_use]
pub fn resident_memory(process: Option<u32>) -> Option<u64> {
    kibibytes(&status(process)?, "VmRSS")
}

/// Lets the peak of this process' memory begin anew from what is resident now. Whether the system could.
#[must_use]
pub fn reset_peak_memory() -> bool {
    fs::write("/proc/self/clear_refs", "5").is_ok()
}

/// Processor time that a process and its threads have used so far, in milliseconds; in steps of ten.
#[must_use]
pub fn cpu_time(process: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name, in parentheses, may hold blanks; user and system time are fields 14 and 15, in hundredths of a second.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut ticks = rest.split_whitespace().skip(11).map(str::parse::<u64>);
    Some((ticks.next()?.ok()? + ticks.next()?.ok()?) * 10)
}

fn status(process: Option<u32>) -> Option<String> {
    let process = process.map_or_else(|| "self".to_owned(), |id| id.to_string());
    fs::read_to_string(format!("/proc/{process}/status")).ok()
}

/// The value of the first line `name : value`.
fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        (found.trim() == name).then(|| value.trim())
    })
}

fn kibibytes(text: &str, name: &str) -> Option<u64> {
    field(text, name)?.strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

fn cpu_model(info: &str) -> Option<String> {
    let [family, model, stepping] = ["cpu family", "model", "stepping"].map(|name| field(info, name));
    Some(format!("family {}, model {}, stepping {}", family?, model?, stepping?))
}

fn features(info: &str) -> Vec<String> {
    let flags = field(info, "flags").or_else(|| field(info, "Features")).unwrap_or_default();
    let flags: Vec<&str> = flags.split_whitespace().collect();
    FEATURES.iter().filter(|name| flags.contains(name)).map(|name| (*name).to_owned()).collect()
}

/// A name of letters, digits and hyphens, in lower case.
fn file_name(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processors_become_file_names() {
        assert_eq!(file_name("Intel(R) Xeon(R) CPU @ 2.20GHz"), "intel-r-xeon-r-cpu-2-20ghz");
    }

    #[test]
    fn fields_of_linux_are_read() {
        let info = "cpu family\t: 25\nmodel\t\t: 1\nmodel name\t: AMD EPYC\nstepping\t: 1\nflags\t\t: fpu avx2 adx sse\n";
        assert_eq!(field(info, "model name"), Some("AMD EPYC"));
        assert_eq!(cpu_model(info).as_deref(), Some("family 25, model 1, stepping 1"));
        assert_eq!(features(info), ["adx", "avx2"]);
        assert_eq!(kibibytes("VmPeak:\t  9 kB\nVmHWM:\t    2 kB\n", "VmHWM"), Some(2048));
        assert_eq!(kibibytes("VmHWM:\t    2 MB\n", "VmHWM"), None);
    }

    #[test]
    fn this_machine_can_be_described() {
        let machine = Machine::this();
        assert!(machine.threads >= 1 && !machine.cpu.is_empty());
        assert!(machine.describe().contains("threads"));
    }
}
