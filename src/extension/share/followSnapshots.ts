/** Sends a snapshot from a viewer tab to the room of that share. */
import { timeInName } from '../../core/base/timeInName.ts';
import { userMessage } from '../../core/base/errors.ts';
import type { ActionContext } from '../shell/actionContext.ts';
import type { Disposable } from '../../core/base/disposable.ts';
import type { MediaPort } from '../../core/session/mediaPort.ts';
import { showFailure } from '../shell/failure.ts';
import { plainName } from '../shell/plainText.ts';

export function followSnapshots(context: ActionContext, media: Pick<MediaPort, 'onMessage'>): Disposable {
    return media.onMessage((pageId, _generation, message) => {
        if (message.type !== 'view.snapshot') return;
        const tab = context.orchestrator?.state.viewerTabs.get(pageId);
        if (!tab) return;
        const name = `${plainName(tab.sharerName)}’s screen ${timeInName(new Date())}.png`;
        context.chat
            .sendBytes(message.png, name, { roomId: tab.target.roomId })
            .catch((error: unknown) => showFailure(userMessage(error, 'Sending the snapshot')));
    });
}
