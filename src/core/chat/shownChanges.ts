/**
 * Tells the page what changed in the conversation. The whole of it, on every key that somebody types, would be up to
 * 2,000 messages each time.
 */
import type { ChatHostMessage, ShownChange, ShownChat } from './chatPageMessages.ts';
import type { ChatMessage } from './message.ts';

export interface ShownChanges {
    /** Sends what is different from the state before; nothing if nothing is. */
    show(shown: ShownChat): void;
    /** The next state is sent as a whole: the page is new, or it missed a change. */
    again(): void;
}

export function createShownChanges(send: (message: ChatHostMessage) => void): ShownChanges {
    let seq = 0;
    let told: ShownChat | undefined;
    return {
        show(shown) {
            const change = told && changeBetween(told, shown);
            if (told && !change) return;
            told = shown;
            if (change) send({ type: 'chat.change', base: seq, seq: ++seq, ...change });
            else send({ ...shown, seq: ++seq });
        },
        again() {
            told = undefined;
        },
    };
}

type Change = Pick<ShownChange, 'around' | 'splices' | 'changed'>;

/** Undefined: nothing has changed. */
function changeBetween(before: ShownChat, now: ShownChat): Change | undefined {
    const { type: _, messages: old, ...restBefore } = before;
    const { type: __, messages, ...rest } = now;
    const around = Object.fromEntries(
        Object.entries(rest).filter(([field, value]) => !isSame(restBefore[field as keyof typeof restBefore], value)),
    );
    const splices = splicesBetween(old, messages);
    const inserted = new Set(splices.flatMap(({ insert }) => insert));
    const byKey = new Map(old.map((message) => [message.key, message]));
    const changed = messages.filter((message) => !inserted.has(message) && !isSame(byKey.get(message.key), message));
    if (Object.keys(around).length === 0 && splices.length === 0 && changed.length === 0) return undefined;
    return { around, splices, changed };
}

/** By the keys of the messages. A full list loses messages at one end while it grows at the other. */
function splicesBetween(old: readonly ChatMessage[], messages: readonly ChatMessage[]): Change['splices'] {
    const splices: Change['splices'] = [];
    const gone = old.findIndex(({ key }) => key === messages[0]?.key);
    const come = messages.findIndex(({ key }) => key === old[0]?.key);
    if (gone > 0) splices.push({ at: 0, remove: gone, insert: [] });
    else if (come > 0) splices.push({ at: 0, remove: 0, insert: messages.slice(0, come) });
    const rest = gone > 0 ? old.slice(gone) : come > 0 ? [...messages.slice(0, come), ...old] : old;
    const most = Math.min(rest.length, messages.length);
    let at = 0;
    while (at < most && rest[at]?.key === messages[at]?.key) at++;
    let end = 0;
    while (end < most - at && rest.at(-1 - end)?.key === messages.at(-1 - end)?.key) end++;
    const [remove, insert] = [rest.length - at - end, messages.slice(at, messages.length - end)];
    if (remove > 0 || insert.length > 0) splices.push({ at, remove, insert });
    return splices;
}

function isSame(a: unknown, b: unknown): boolean {
    return a === b || JSON.stringify(a) === JSON.stringify(b);
}
