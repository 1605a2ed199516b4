// Identities at rest.

import type { Connection } from "./connection.js";
import { Identity } from "./identity.js";

/** An identity in the vault, as everybody may see it. */
export interface StoredIdentity {
    readonly name: string;
    /** Decimal. */
    readonly commitment: string;
    /** Milliseconds since 1970. */
    readonly savedAt: number;
}

/**
 * Identities in the browser's IndexedDB, each encrypted under a passphrase: PBKDF2-HMAC-SHA-256 with 600,000 rounds and a salt of 16
 * random bytes, AES-256-GCM with name and commitment bound to it, by WebCrypto. Passphrases and secrets go to the worker and never back.
 */
export class IdentityVault {
    readonly #connection: Connection;

    /** @internal */
    constructor(connection: Connection) {
        this.#connection = connection;
    }

    /** What is in it. */
    list(): Promise<readonly StoredIdentity[]> {
        return this.#connection.call("vault.list", []);
    }

    /** Encrypts an identity under a passphrase of at least eight characters and keeps it. Another one of that name is never replaced. */
    async save(name: string, identity: Identity, passphrase: string): Promise<void> {
        return this.#connection.call("vault.save", [name, identity.handleFor(this.#connection), passphrase]);
    }

    /** Decrypts an identity. */
    async load(name: string, passphrase: string): Promise<Identity> {
        return new Identity(this.#connection, await this.#connection.call("vault.load", [name, passphrase]));
    }

    /** Forgets an identity, for good unless its phrase or its export is somewhere else. */
    remove(name: string): Promise<void> {
        return this.#connection.call("vault.remove", [name]);
    }
}
