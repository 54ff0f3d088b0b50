import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CaptchaJudge {
    /** The Synapse configuration that uses this judge. */
    readonly config: Readonly<Record<string, unknown>>;
    stop(): void;
}

/** Replaces Google's captcha judge. Every answer except `robot` comes from a person. */
export async function startCaptchaJudge(): Promise<CaptchaJudge> {
    const server = createServer((incoming, response) => {
        let body = '';
        incoming.on('data', (chunk: Buffer) => (body += chunk.toString()));
        incoming.on('end', () =>
            response.end(JSON.stringify({ success: new URLSearchParams(body).get('response') !== 'robot' })),
        );
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return {
        config: {
            enable_registration_captcha: true,
            recaptcha_public_key: 'public',
            recaptcha_private_key: 'private',
            recaptcha_siteverify_api: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
        },
        stop: () => {
            server.close();
            server.closeAllConnections();
        },
    };
}

/** Sends what the page of the stage `m.login.recaptcha` sends after a click on its box. */
export async function solveCaptcha(page: string, response: string): Promise<void> {
    const session = new URL(page).searchParams.get('session') ?? '';
    const body = new URLSearchParams({ session, 'g-recaptcha-response': response });
    await (await fetch(page, { method: 'POST', body })).text();
}
