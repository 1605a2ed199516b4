// Compiles the module, which lies packed in the package: few servers pack what they do not know, and a third of the bytes is enough.

/** Compiles while the bytes come. They may be unpacked already: some servers say that a packed file is one to be unpacked. */
export async function compile(response: Response): Promise<WebAssembly.Module> {
    if (!response.ok || !response.body) throw new Error(`${response.url}: ${response.status}`);
    const reader = response.body.getReader();
    const first: number[] = [];
    const heads: Uint8Array[] = [];
    while (first.length < 2) {
        const { done, value } = await reader.read();
        if (done) break;
        heads.push(value);
        first.push(...value.subarray(0, 2));
    }
    if (first.length === 0) throw new Error("it is empty");
    const isPacked = first[0] === 0x1f && first[1] === 0x8b;
    const { readable, writable } = isPacked ? new DecompressionStream("gzip") : new TransformStream<BufferSource, Uint8Array>();
    const headers = { "Content-Type": "application/wasm" };
    const module = WebAssembly.compileStreaming(new Response(readable as ReadableStream<Uint8Array<ArrayBuffer>>, { headers }));
    void pump(reader, heads, writable);
    return module;
}

/**
 * Writes what was read and what is still to come. By hand, because a page's thread does little else meanwhile, and a stream around the reader
 * would take a quarter longer. Failures come out where the module is waited for.
 */
async function pump(
    reader: ReadableStreamDefaultReader<Uint8Array>,
    heads: readonly Uint8Array[],
    writable: WritableStream<BufferSource>,
): Promise<void> {
    const writer = writable.getWriter();
    const write = (piece: Uint8Array) => void writer.write(piece as Uint8Array<ArrayBuffer>).catch(() => undefined);
    try {
        heads.forEach(write);
        for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
            await writer.ready;
            write(piece.value);
        }
        await writer.close();
    } catch (error) {
        await Promise.allSettled([writer.abort(error), reader.cancel(error)]);
    }
}
