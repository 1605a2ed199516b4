// What the other scripts need of Semaphore and its packages do not export.
import { createRequire } from "node:module"
import { dirname } from "node:path"
import { keccak256, toBeHex } from "ethers"

/// The folder of the published keys and witness programs.
export const ARTIFACTS = dirname(
    createRequire(import.meta.url).resolve("@zk-kit/semaphore-artifacts/package.json")
)

/// Message and scope as the circuit has them: keccak256 of 32 bytes, without the last byte.
export const hash = (value) => BigInt(keccak256(toBeHex(value, 32))) >> 8n
