/** Loads the code of pairing when the first device speaks in a side channel. */
import type { App } from '../../core/app/app.ts';
import { DisposableScope, type Disposable } from '../../core/base/disposable.ts';
import { HushError } from '../../core/base/errors.ts';
import type { MediaPort } from '../../core/session/mediaPort.ts';
import type { ActionContext } from '../shell/actionContext.ts';
import type { Pairing } from './pairing.ts';

export interface PairingCommands extends Disposable {
    follow(): Promise<void>;
    stopFollowing(): Promise<void>;
}

export function watchPairing(
    context: ActionContext,
    media: Pick<MediaPort, 'onMessage' | 'send'>,
    app: Pick<App, 'onModel'>,
): PairingCommands {
    const scope = new DisposableScope();
    let loading: Promise<Pairing> | undefined;
    const load = async (): Promise<Pairing> => {
        const { createPairing } = await import('./pairing.ts');
        const pairing = scope.add(createPairing(context, media));
        scope.add(app.onModel(() => pairing.update()));
        return pairing;
    };
    scope.add(
        media.onMessage((page, generation, message) => {
            const isPlace =
                message.type === 'action' && (message.name === 'openPlace' || message.name === 'followSharer');
            if (!isPlace && message.type !== 'sideChannel.received' && message.type !== 'sideChannel.devices') return;
            loading ??= load();
            loading
                .then((pairing) => pairing.handle(page, generation, message))
                .catch((error: unknown) => context.log.error('a message of pairing failed', error));
        }),
    );
    return {
        async follow() {
            if (!loading) throw new HushError('pairing.nobody', 'Nobody can be followed now.');
            await (await loading).follow();
        },
        async stopFollowing() {
            (await loading)?.stopFollowing();
        },
        dispose: () => scope.dispose(),
    };
}
