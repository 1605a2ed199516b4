// Makes the npm package: `node build.mjs MODULES OUT [--quick] BUILD..` takes the modules that `cargo xtask wasm` compiled, with the glue
// of wasm-bindgen, and writes OUT/dist. With --quick modules are not optimised further, which takes minutes.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const arguments_ = process.argv.slice(2);
const quick = arguments_.includes("--quick");
const [modules, out, ...builds] = arguments_.filter((argument) => argument !== "--quick").map((argument, at) => (at < 2 ? resolve(argument) : argument));
const dist = join(out, "dist");
const bin = (name) => join(here, "node_modules", ".bin", name);

rmSync(dist, { recursive: true, force: true });
execFileSync(bin("tsc"), ["--project", here, "--outDir", dist], { stdio: "inherit", cwd: here });
// Each entry and each worker is one file, which a page loads at once and from wherever it lies; of the others their types are left.
rmSync(join(dist, "worker"), { recursive: true });
for (const file of readdirSync(dist, { recursive: true }).filter((name) => name.endsWith(".js"))) rmSync(join(dist, file));
const { version } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));
for (const [entry, platform] of [["index", "browser"], ["semaphore", "browser"], ["node/index", "node"], ["node/semaphore", "node"]]) {
    await build({
        entryPoints: [join(here, "src", `${entry}.ts`)],
        bundle: true,
        format: "esm",
        target: "es2022",
        minifySyntax: true,
        minifyWhitespace: true,
        legalComments: "none",
        define: { VERSION: JSON.stringify(version) },
        platform,
        outfile: join(dist, `${entry}.js`),
        logLevel: "warning",
    });
}

/** What a module's worker answers: a function, and its file. */
const CALLS = { tabella: ["allCalls", "elections"], semaphore: ["semaphoreCalls", "semaphore"] };

async function worker(name, parts, place, outfile) {
    const [calls, file] = CALLS[parts];
    const contents = `
        import * as module from ${JSON.stringify(join(modules, `${name}.js`))};
        import { ${calls} } from "./calls/${file}.ts";
        import { environment } from "./${place}.ts";
        import { main } from "./main.ts";
        main(module, environment, ${calls});`;
    await build({
        stdin: { contents, resolveDir: join(here, "src", "worker"), loader: "ts" },
        bundle: true,
        format: "esm",
        target: "es2022",
        minify: true,
        legalComments: "none",
        platform: place === "node" ? "node" : "browser",
        outfile,
        logLevel: "warning",
    });
}

/** What the optimiser may use: what Rust does, and not all that it knows, for browsers do not know all of it. */
function features(name) {
    const always = ["bulk-memory", "bulk-memory-opt", "multivalue", "mutable-globals", "nontrapping-float-to-int", "reference-types", "sign-ext", "simd"];
    const relaxed = name.endsWith("relaxed") ? ["relaxed-simd"] : [];
    const threads = name.includes("threads") ? ["threads"] : [];
    return ["--mvp-features", ...[...always, ...relaxed, ...threads].map((feature) => `--enable-${feature}`)];
}

mkdirSync(join(dist, "node"), { recursive: true });
for (const parts of Object.keys(CALLS)) {
    for (const name of ["threads-relaxed", "threads-simd128", "plain-relaxed", "plain-simd128"].map((kind) => `${parts}-${kind}`)) {
        // Where one module runs, so does one without relaxed SIMD or with more in it: a quick build has few.
        const simple = name.replace("relaxed", "simd128");
        const build = [name, simple, simple.replace(parts, "tabella")].find((build) => builds.includes(build));
        if (!build) throw new Error(`no module for ${name} among ${builds.join(", ")}`);
        await worker(build, parts, "browser", join(dist, `worker-${name}.js`));
        await worker(build, parts, "node", join(dist, "node", `worker-${name}.js`));
        const from = join(modules, `${build}_bg.wasm`);
        const best = join(modules, `${build}_best.wasm`);
        if (!quick) {
            // Functions with one caller stay as they are, for browsers compile what is hot function by function: within a large one
            // all that is cold is compiled, and waited for, as well.
            const inlining = ["--one-caller-inline-max-function-size", "40"];
            execFileSync(bin("wasm-opt"), ["-O3", ...inlining, ...features(build), "--strip-debug", "--strip-producers", from, "-o", best], { stdio: "inherit" });
        }
        const module = readFileSync(quick ? from : best);
        const packed = gzipSync(module, { level: quick ? 1 : 9 });
        writeFileSync(join(dist, `${name}.wasm.gz`), packed);
        console.log(`${name}: ${module.length} bytes of module, packed ${packed.length}, ${statSync(join(dist, `worker-${name}.js`)).size} of worker`);
    }
}
