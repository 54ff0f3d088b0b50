/** Whether the demo runs with a LiveKit, as asked or as this machine can. */
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

/** The setting that makes Hush go the way that the demo shows; undefined leaves it to servers that exist already. */
export function demoTransport(
    { transport, remote }: Pick<DemoOptions, 'transport' | 'remote'>,
    sfu: boolean,
): 'livekit' | 'mesh' | undefined {
    return transport ?? (remote ? undefined : sfu ? 'livekit' : 'mesh');
}
