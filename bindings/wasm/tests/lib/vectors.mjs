// Known answers of Semaphore's own packages.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { needed } from "./environment.mjs";

export const known = (name) => JSON.parse(readFileSync(join(needed("VECTORS"), "semaphore", name), "utf8"));
