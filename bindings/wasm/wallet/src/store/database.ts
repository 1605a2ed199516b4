// The wallet's own IndexedDB: ballots on their way, receipts, and places in the registry. No secret is in it.

const NAME = "tabella-wallet";
const VERSION = 1;

/** The object stores and their keys. */
const STORES = { votes: ["election", "nullifier"], places: "commitment" } as const;

export type StoreName = keyof typeof STORES;

let opened: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
    opened ??= new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(NAME, VERSION);
        request.onupgradeneeded = () => {
            for (const [name, keyPath] of Object.entries(STORES)) {
                request.result.createObjectStore(name, { keyPath: typeof keyPath === "string" ? keyPath : [...keyPath] });
            }
        };
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error("IndexedDB"));
    });
    opened.catch(() => (opened = undefined));
    return opened;
}

/** The answer of one request, for use inside `transact`. */
export function answer<T>(request: IDBRequest<T>): Promise<T> {
    return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error("IndexedDB"));
    });
}

/**
 * Runs `body` in one transaction and waits until it is durable.
 *
 * If `body` fails nothing of it is stored.
 */
export async function transact<T>(
    name: StoreName,
    mode: "readonly" | "readwrite",
    body: (store: IDBObjectStore) => Promise<T>,
): Promise<T> {
    const database = await open();
    // "strict": a ballot must be on the disk before it is sent.
    const transaction = database.transaction(name, mode, { durability: mode === "readwrite" ? "strict" : "default" });
    const done = new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onerror = () => reject(transaction.error ?? new Error("IndexedDB"));
        transaction.onabort = () => reject(transaction.error ?? new DOMException("not stored", "AbortError"));
    });
    try {
        const result = await body(transaction.objectStore(name));
        await done;
        return result;
    } catch (error) {
        done.catch(() => undefined);
        try {
            transaction.abort();
        } catch {
            // It has ended already.
        }
        throw error;
    }
}
