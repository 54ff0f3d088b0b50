/** Makes the next state of the conversation from the last one and a change. What did not change stays the same object. */
import type { ShownChange, ShownChat } from '../../core/chat/chatPageMessages.ts';

export function applyChange(shown: ShownChat, { around, splices, changed }: ShownChange): ShownChat {
    let { messages } = shown;
    for (const { at, remove, insert } of splices) messages = messages.toSpliced(at, remove, ...insert);
    if (changed.length > 0) {
        const byKey = new Map(changed.map((message) => [message.key, message]));
        messages = messages.map((message) => byKey.get(message.key) ?? message);
    }
    const fields = Object.fromEntries(Object.entries(around).filter(([, value]) => value !== undefined));
    return { ...shown, ...fields, messages };
}
