/** Tells the host once about each newest message that the person saw. */
import type { ChatPageMessage } from '../../core/chat/chatPageMessages.ts';
import type { ShownNow } from './shownNow.ts';

export interface ReadReports {
    /** The newest message is in view. */
    seen(): void;
    /** Another room is shown. */
    reset(): void;
}

export function createReadReports(now: ShownNow, send: (message: ChatPageMessage) => void): ReadReports {
    let told = '';
    return {
        seen() {
            const key = now.chat?.messages.findLast((m) => m.state === 'sent')?.key;
            if (key === undefined || key === told) return;
            told = key;
            send({ type: 'chat.seen', roomId: now.roomId, key });
        },
        reset: () => void (told = ''),
    };
}
