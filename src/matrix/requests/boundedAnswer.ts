/**
 * Reads answers only up to a size. A hostile server must not fill the memory, and a small compressed answer may become a
 * large one. So the bytes are counted as they arrive, after decompression, and the rest is not read.
 */
/** Bytes of an answer that reports an error. A normal one has a few hundred. */
export const MAX_REFUSAL = 65_536;
/** Bytes of any answer that the SDK reads. A first sync of a very large account has about ten million. */
const MAX_ANSWER = 200_000_000;

/** Undefined: the answer is longer. Rejects if the connection ends early. */
export async function boundedText(response: Response, mostBytes: number): Promise<string | undefined> {
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    const reader = response.body?.getReader();
    for (;;) {
        const piece = (await reader?.read())?.value;
        if (piece === undefined) return new TextDecoder().decode(Buffer.concat(pieces));
        bytes += piece.length;
        if (bytes > mostBytes) break;
        pieces.push(piece);
    }
    // Not awaited: cancelling one half of a cloned response ends only when the other half is cancelled too.
    reader?.cancel().catch(() => undefined);
    return undefined;
}

/**
 * Reads a copy of a refusal as JSON, so that the caller can still read the answer. Undefined: not JSON. Never rejects.
 */
export async function refusalJson(response: Response): Promise<unknown> {
    try {
        const text = await boundedText(response.clone(), MAX_REFUSAL);
        return text === undefined ? undefined : JSON.parse(text);
    } catch {
        return undefined;
    }
}

/** The same fetch, except that reading an answer fails once it is longer than any normal one. */
export function boundedFetch(fetch: typeof globalThis.fetch, mostBytes = MAX_ANSWER): typeof globalThis.fetch {
    return async (input, init) => {
        const response = await fetch(input, init);
        if (!response.body) return response;
        let bytes = 0;
        const count = new TransformStream<Uint8Array, Uint8Array>({
            transform(piece, controller) {
                bytes += piece.length;
                if (bytes > mostBytes) controller.error(new Error(`an answer of more than ${mostBytes} bytes`));
                else controller.enqueue(piece);
            },
        });
        const { status, statusText, headers } = response;
        return new Response(response.body.pipeThrough(count), { status, statusText, headers });
    };
}
