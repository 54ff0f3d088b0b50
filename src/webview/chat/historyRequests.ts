/** Asks the host for more messages at an end of the list: once for each state, and with a pause after a failure. */
import type { ChatPageMessage, ShownChat } from '../../core/chat/chatPageMessages.ts';
import type { ShownNow } from './shownNow.ts';

/** In ms, before a repeat of a request that brought nothing. */
const SAME_EDGE_MS = 3_000;
/** In ms, before the next request after a failed one. */
const FAILED_MS = 5_000;

export interface HistoryRequests {
    more(type: 'chat.earlier' | 'chat.later'): void;
    failed(): void;
}

export function createHistoryRequests(now: ShownNow, send: (message: ChatPageMessage) => void): HistoryRequests {
    /** The state in which more messages were requested. */
    let asked: ShownChat | undefined;
    let pauseUntil = 0;
    let lastEdge = { of: '', until: 0 };
    return {
        more(type) {
            const { chat, roomId } = now;
            if (asked === chat || !chat?.room || performance.now() < pauseUntil) return;
            const edge = `${type} ${chat.messages.at(type === 'chat.later' ? -1 : 0)?.key ?? ''}`;
            if (edge === lastEdge.of && performance.now() < lastEdge.until) return;
            lastEdge = { of: edge, until: performance.now() + SAME_EDGE_MS };
            asked = chat;
            send({ type, roomId });
        },
        failed() {
            pauseUntil = performance.now() + FAILED_MS;
        },
    };
}
