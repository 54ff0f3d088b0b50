/** Whether the demo runs with a LiveKit, as asked or as this machine can. */
import { login, request } from '../stack/accounts.ts';
import type { DemoOptions } from './options.ts';

/** `ensure` rejects with the reason where LiveKit cannot be had; `say` gets the one sentence about it. */
export async function wantsSfu(
    { transport }: Pick<DemoOptions, 'transport'>,
    ensure: () => Promise<unknown>,
    say: (sentence: string) => void,
): Promise<boolean> {
    if (transport !== undefined) return transport === 'livekit';
    try {
        await ensure();
        return true;
    } catch (error) {
        const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
        say(`no LiveKit, so the screen is shared directly (--transport=mesh): ${reason}`);
        return false;
    }
}

/** Whether a homeserver that exists names a LiveKit service to this account (MSC4143). False where that cannot be asked. */
export async function namesSfu(homeserver: string, account: { user: string; password: string }): Promise<boolean> {
    if (!/^https?:/u.test(homeserver)) return false; // a server name: Hush finds out by itself
    const baseUrl = homeserver.replace(/\/+$/u, '');
    try {
        const { accessToken } = await login(baseUrl, { userId: account.user, password: account.password });
        const path = '/_matrix/client/unstable/org.matrix.msc4143/rtc/transports';
        const answer = await request(baseUrl + path, undefined, accessToken).catch(() => ({}));
        await request(`${baseUrl}/_matrix/client/v3/logout`, {}, accessToken);
        return JSON.stringify(answer).includes('livekit_service_url');
    } catch {
        return false;
    }
}

/** The setting that makes Hush go the way that the demo shows; undefined leaves it to Hush. */
export function demoTransport(
    { transport, remote }: Pick<DemoOptions, 'transport' | 'remote'>,
    sfu: boolean,
): 'livekit' | 'mesh' | undefined {
    return transport ?? (sfu ? 'livekit' : remote ? undefined : 'mesh');
}
