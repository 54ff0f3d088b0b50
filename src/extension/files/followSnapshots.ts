/** Sends what the person chose in a share's tab to the room of that share. */
import { timeInName } from '../../webview/protocol/timeInName.ts';
import { userMessage } from '../errors.ts';
import type { ActionContext } from '../actions/context.ts';
import type { Disposable } from '../lifecycle.ts';
import type { MediaPort } from '../session/ports.ts';
import { showFailure } from '../views/notices.ts';
import { plainName } from '../views/plainText.ts';

export function followSnapshots(context: ActionContext, media: Pick<MediaPort, 'onMessage'>): Disposable {
    return media.onMessage((call, _generation, message) => {
        if (message.type !== 'view.snapshot') return;
        const view = context.orchestrator?.state.views.get(call);
        if (!view) return;
        const name = `${plainName(view.sharerName)}’s screen ${timeInName(new Date())}.png`;
        context.chat
            .sendBytes(message.png, name, { roomId: view.target.roomId })
            .catch((error: unknown) => showFailure(userMessage(error, 'Sending the snapshot')));
    });
}
