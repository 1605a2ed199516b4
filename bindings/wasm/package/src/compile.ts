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
    if (first.length === 0) throw new Error("it is empty, as in a quick build of the package that has others");
    const isPacked = first[0] === 0x1f && first[1] === 0x8b;
    const bytes = new ReadableStream<BufferSource>({
        start(controller) {
            for (const head of heads) controller.enqueue(head as Uint8Array<ArrayBuffer>);
        },
        async pull(controller) {
            const { done, value } = await reader.read();
            if (done) controller.close();
            else controller.enqueue(value);
        },
    });
    const module = isPacked ? bytes.pipeThrough(new DecompressionStream("gzip")) : bytes;
    return WebAssembly.compileStreaming(new Response(module as ReadableStream, { headers: { "Content-Type": "application/wasm" } }));
}
