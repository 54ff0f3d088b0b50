/** The parts that are used of a package that brings no types. */
declare module 'oidc-provider' {
    import type { RequestListener } from 'node:http';

    export default class Provider {
        constructor(issuer: string, configuration: object);
        callback(): RequestListener;
        readonly AccessToken: { find(token: string): Promise<{ accountId: string; scope: string } | undefined> };
        on(event: string, listener: (...args: unknown[]) => void): void;
    }
}
