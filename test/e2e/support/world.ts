/**
 * The servers and the package that the end-to-end tests share. The first test that asks starts them, and the runner
 * ends them.
 */
import { packageVsix } from '../../stack/packageVsix.ts';
import { createProgress } from '../../stack/progress.ts';
import { startKeyring } from '../../stack/keyring.ts';
import { startStack, type Stack } from '../../stack/stack.ts';
import { startTurn } from '../../stack/turn.ts';

export interface World {
    readonly stack: Stack;
    readonly vsix: string;
    /** Environment with a system keychain, so that a sign-in outlives a window. Empty if there can be none. */
    readonly env: Readonly<Record<string, string | undefined>>;
    /** The reason if the homeserver names no TURN relay, else undefined. */
    readonly noRelay: string | undefined;
}

let world: Promise<World> | undefined;

/** Rejects with the reason if a server cannot be installed or started. */
export function sharedWorld(): Promise<World> {
    world ??= (async () => {
        const progress = createProgress(6);
        const turn = await startTurn(progress);
        const relay = 'turn' in turn ? { turn: turn.turn } : {};
        const [stack, vsix, keyring] = await Promise.all([
            startStack({ progress, synapse: relay }),
            packageVsix(progress),
            startKeyring(progress),
        ]);
        const noRelay = 'reason' in turn ? turn.reason : undefined;
        return { stack, vsix, env: 'env' in keyring ? keyring.env : {}, noRelay };
    })();
    return world;
}
