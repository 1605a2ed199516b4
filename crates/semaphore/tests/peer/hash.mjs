// Semaphore's hash of a message or scope, which its package does not export: keccak256 of 32 bytes, without the last byte.
import { keccak256, toBeHex } from "ethers"

export const hash = (value) => BigInt(keccak256(toBeHex(value, 32))) >> 8n
