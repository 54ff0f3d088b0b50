/** Says in the status bar who points at our picture: its preview may be hidden or in another window. */
import type { Disposable } from '../../core/base/disposable.ts';
import type { MediaPort } from '../../core/session/mediaPort.ts';
import { setStatusBarMessage } from '../shell/dialogs.ts';

/** ms. */
const SHOWN_MS = 4_000;

export function tellWhoPoints(media: Pick<MediaPort, 'onMessage'>): Disposable {
    return media.onMessage((_call, _generation, message) => {
        if (message.type === 'share.pointed')
            setStatusBarMessage('target', `${message.name} points at your screen`, SHOWN_MS);
    });
}
