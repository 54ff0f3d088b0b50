/** A fetch that answers from a table of `METHOD url` to answers, and remembers what was asked. */
interface FakeAnswer {
    readonly status?: number;
    readonly body?: unknown;
    readonly text?: string;
    readonly headers?: Record<string, string>;
}
export interface Asked {
    readonly method: string;
    readonly url: string;
    readonly authorization: string | null;
    readonly body: Record<string, unknown> | undefined;
}
export type Answerer = FakeAnswer | ((asked: Asked) => FakeAnswer | Promise<FakeAnswer>);

export function fakeFetch(table: Record<string, Answerer>): typeof fetch & { readonly asked: Asked[] } {
    const asked: Asked[] = [];
    const fake = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
        const request: Asked = {
            method: init.method ?? 'GET',
            url: String(input),
            authorization: new Headers(init.headers).get('Authorization'),
            body: typeof init.body === 'string' ? readBody(init.body) : undefined,
        };
        asked.push(request);
        const found = table[`${request.method} ${request.url}`];
        if (!found) throw new TypeError('fetch failed');
        const { status = 200, body, text, headers } = typeof found === 'function' ? await found(request) : found;
        return new Response(text ?? JSON.stringify(body ?? {}), { status, headers: headers ?? {} });
    };
    return Object.assign(fake, { asked });
}

/** JSON, or a form. */
function readBody(text: string): Record<string, unknown> {
    return text.startsWith('{')
        ? (JSON.parse(text) as Record<string, unknown>)
        : Object.fromEntries(new URLSearchParams(text));
}
