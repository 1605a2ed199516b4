// Compiles the module, which lies packed in the package: few servers pack what they do not know, and a third of the bytes is enough.

import type { Environment } from "./environment.js";

/** Compiles while the bytes come. They may be unpacked already: some servers say that a packed file is one to be unpacked. */
export async function compile(environment: Environment, url: string): Promise<WebAssembly.Module> {
    const response = await environment.fetch(url, new AbortController().signal);
    if (!response.ok || !response.body) throw new Error(`${url}: ${response.status}`);
    const reader = response.body.getReader();
    const first = await reader.read();
    const isPacked = first.value?.[0] === 0x1f && first.value[1] === 0x8b;
    const bytes = new ReadableStream<BufferSource>({
        start(controller) {
            if (first.value) controller.enqueue(first.value);
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
