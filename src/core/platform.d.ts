/**
 * What core uses of the platform: parts that Node and browsers share. Only `src/core/tsconfig.json` includes this file.
 * The other programs have all of DOM or Node.
 */
declare class URL {
    constructor(url: string);
    static parse(url: string): URL | null;
    readonly hash: string;
    readonly host: string;
    readonly hostname: string;
    readonly href: string;
    readonly origin: string;
    readonly pathname: string;
    readonly port: string;
    readonly protocol: string;
    readonly password: string;
    readonly search: string;
    readonly searchParams: URLSearchParams;
    readonly username: string;
}
declare class URLSearchParams {
    constructor(init?: string | readonly (readonly [string, string])[]);
    get(name: string): string | null;
    getAll(name: string): string[];
    append(name: string, value: string): void;
    toString(): string;
}
declare class TextEncoder {
    encode(text: string): Uint8Array;
}
declare class TextDecoder {
    constructor(label: 'utf-8', options?: { readonly fatal?: boolean });
    decode(bytes: Uint8Array): string;
}
declare module 'node:crypto' {
    export function createHash(algorithm: 'sha256'): {
        update(data: string): ReturnType<typeof createHash>;
        digest(encoding: 'base64'): string;
    };
}
