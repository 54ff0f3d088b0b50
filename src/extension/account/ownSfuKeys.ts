/** The person's own SFU: its URL, API key and secret are in the vault, and its tokens are made here. */
import * as v from 'valibot';
import { createRateLimit } from '../../core/base/rateLimit.ts';
import { HushError } from '../../core/base/errors.ts';
import type { Log } from '../../core/base/log.ts';
import type { Vault } from '../../core/account/vault.ts';
import type { OwnSfu } from '../../core/share/ownSfu.ts';
import type { LiveKitServer } from '../../livekit/tokens/ownSfuTokens.ts';

const ITEM = 'livekit';
const stored = v.object({ url: v.string(), apiKey: v.string(), apiSecret: v.string() });

/** Returns undefined if there is no item or it cannot be read. */
export async function loadOwnServer(vault: Vault, log: Log): Promise<LiveKitServer | undefined> {
    const text = await vault.get(ITEM);
    if (text === undefined) return undefined;
    try {
        return v.parse(stored, JSON.parse(text));
    } catch {
        log.error('The stored LiveKit server cannot be read; set it up again');
        return undefined;
    }
}

/** An undefined `server` deletes the item. */
export async function saveOwnServer(vault: Vault, server: LiveKitServer | undefined): Promise<void> {
    if (server) await vault.set(ITEM, JSON.stringify(server));
    else await vault.delete(ITEM);
}

/** Limit for the tokens of one device. */
const PER_DEVICE = { perSecond: 0.2, burst: 20 };

export function createOwnServer(loadVault: () => Promise<Vault>, log: Log): OwnSfu {
    const limit = createRateLimit({ ...PER_DEVICE, now: () => performance.now() });
    return {
        url: async () => (await loadOwnServer(await loadVault(), log))?.url,
        async token(request) {
            const server = await loadOwnServer(await loadVault(), log);
            if (!server) throw new HushError('media.noServer', 'You have no LiveKit server set up.');
            const retryAfterMs = limit.take(`${request.userId} ${request.deviceId}`);
            if (retryAfterMs > 0)
                throw new HushError('network.rateLimited', 'Too many media tokens at once. Try again in a moment.', {
                    retryAfterMs,
                });
            const { mintOwnToken } = await import('../../livekit/tokens/ownSfuTokens.ts');
            return mintOwnToken(server, request).catch((cause: unknown) => {
                throw new HushError(
                    'media.tokenRefused',
                    `Your LiveKit server at ${new URL(server.url).host} did not answer, or refused its API key. Check it, or run "Hush: Set Up LiveKit Server…".`,
                    { cause },
                );
            });
        },
    };
}
