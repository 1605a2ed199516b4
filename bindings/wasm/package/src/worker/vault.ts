// Encrypted identities in IndexedDB.

import { TabellaError } from "../errors.js";
import type { StoredIdentity } from "../vault.js";

const DATABASE = "tabella-vault";
const STORE = "identities";
/** What OWASP asks for PBKDF2-HMAC-SHA-256 (Password Storage Cheat Sheet, 2023). */
const ROUNDS = 600_000;
const LEAST_CHARACTERS = 8;

interface Entry extends StoredIdentity {
    readonly version: 1;
    readonly rounds: number;
    readonly salt: Uint8Array<ArrayBuffer>;
    readonly iv: Uint8Array<ArrayBuffer>;
    readonly ciphertext: ArrayBuffer;
}

export async function list(): Promise<StoredIdentity[]> {
    const entries = await request<Entry[]>("readonly", (store) => store.getAll());
    return entries.map(({ name, commitment, savedAt }) => ({ name, commitment, savedAt })).sort((a, b) => a.savedAt - b.savedAt);
}

/** Keeps what `expose` gives, which is overwritten afterwards. */
export async function save(name: string, commitment: string, passphrase: string, expose: () => Uint8Array<ArrayBuffer>): Promise<void> {
    if ([...passphrase].length < LEAST_CHARACTERS) {
        throw new TabellaError("weak-passphrase", `a passphrase has at least ${LEAST_CHARACTERS} characters`);
    }
    if (await request<Entry | undefined>("readonly", (store) => store.get(name))) throw taken(name);
    const salt = crypto.getRandomValues(new Uint8Array(16));
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const key = await derive(passphrase, salt, ROUNDS);
    const secret = expose();
    const ciphertext = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bound(name, commitment) }, key, secret);
    secret.fill(0);
    const entry: Entry = { version: 1, name, commitment, savedAt: Date.now(), rounds: ROUNDS, salt, iv, ciphertext };
    try {
        await request("readwrite", (store) => store.add(entry));
    } catch (error) {
        // Another tab was quicker.
        if (error instanceof DOMException && error.name === "ConstraintError") throw taken(name);
        throw error;
    }
}

/** Hands the secret to `use`, and overwrites it. */
export async function load<T>(name: string, passphrase: string, use: (secret: Uint8Array, commitment: string) => T): Promise<T> {
    const entry = await request<Entry | undefined>("readonly", (store) => store.get(name));
    if (!entry) throw new TabellaError("no-such-identity", `there is no identity named ${JSON.stringify(name)}`);
    const key = await derive(passphrase, entry.salt, entry.rounds);
    const parameters = { name: "AES-GCM", iv: entry.iv, additionalData: bound(entry.name, entry.commitment) };
    let secret: Uint8Array;
    try {
        secret = new Uint8Array(await crypto.subtle.decrypt(parameters, key, entry.ciphertext));
    } catch {
        throw new TabellaError("wrong-passphrase", "this is not the passphrase of the identity, or it was damaged");
    }
    try {
        return use(secret, entry.commitment);
    } finally {
        secret.fill(0);
    }
}

export async function remove(name: string): Promise<void> {
    await request("readwrite", (store) => store.delete(name));
}

function taken(name: string): TabellaError {
    return new TabellaError("name-taken", `there is an identity named ${JSON.stringify(name)} already`);
}

function bound(name: string, commitment: string): Uint8Array<ArrayBuffer> {
    return new TextEncoder().encode(JSON.stringify(["tabella-vault-v1", name, commitment]));
}

async function derive(passphrase: string, salt: Uint8Array<ArrayBuffer>, iterations: number): Promise<CryptoKey> {
    // The same text in every browser and on every keyboard.
    const text = new TextEncoder().encode(passphrase.normalize("NFKC"));
    const material = await crypto.subtle.importKey("raw", text, "PBKDF2", false, ["deriveKey"]);
    text.fill(0);
    const algorithm = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
    return crypto.subtle.deriveKey(algorithm, material, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

async function request<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest): Promise<T> {
    const database = await open();
    try {
        return await new Promise<T>((resolve, reject) => {
            const transaction = database.transaction(STORE, mode);
            const asked = ask(transaction.objectStore(STORE));
            transaction.oncomplete = () => resolve(asked.result as T);
            transaction.onabort = () => reject(transaction.error ?? asked.error);
        });
    } finally {
        database.close();
    }
}

function open(): Promise<IDBDatabase> {
    return new Promise((resolve, reject) => {
        const unavailable = (reason: string) => reject(new TabellaError("no-storage", reason));
        if (!globalThis.indexedDB || !globalThis.crypto?.subtle) {
            return unavailable("this place has no IndexedDB or no WebCrypto, as pages that are not https");
        }
        const opening = indexedDB.open(DATABASE, 1);
        opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "name" });
        opening.onsuccess = () => resolve(opening.result);
        opening.onerror = () => unavailable(opening.error?.message ?? "the vault cannot be opened");
    });
}
