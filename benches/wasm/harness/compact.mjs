// Writes a key of snarkjs in compact bytes: `node compact.mjs MODULES ZKEY OUT`.
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, zkey, out] = process.argv.slice(2);
const module = await import(pathToFileURL(resolve(join(folder, "integer.js"))));
module.initSync({ module: readFileSync(join(folder, "integer_bg.wasm")) });
writeFileSync(out, module.compact_key(readFileSync(zkey)));
