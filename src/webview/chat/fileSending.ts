/** Sends files with their text one after the other, so that they arrive in order. What cannot be sent goes back. */
import type { ChatPageMessage } from '../../core/chat/chatPageMessages.ts';
import type { Composer } from './composer.ts';
import { EMPTY_DRAFT, type Drafts } from './drafts.ts';
import { joinWords, type Parcel } from './parcels.ts';
import type { ShownNow } from './shownNow.ts';
import { nameOf } from './tray.ts';

/** Somebody's text field in a room. */
interface Sender {
    readonly userId: string;
    readonly roomId: string;
}
interface Unsent {
    readonly text: string;
    readonly replyTo: string | null;
    readonly files: readonly File[];
}

export interface FileSending {
    send(parcels: readonly Parcel<File>[]): void;
    /** Puts it back into the text field, or into the draft of another room or person. */
    giveBack(sender: Sender, unsent: Unsent): void;
}
export interface FileSendingOptions {
    readonly now: ShownNow;
    readonly drafts: Drafts;
    readonly composer: Pick<Composer, 'rewrite'>;
    readonly send: (message: ChatPageMessage) => void;
    /** Shows a sentence to the person. */
    readonly tell: (text: string) => void;
}

export function createFileSending({ now, drafts, composer, send, tell }: FileSendingOptions): FileSending {
    let sending = Promise.resolve();

    function giveBack({ userId, roomId }: Sender, { text, replyTo, files }: Unsent): void {
        if (roomId === now.roomId && userId === now.userId) {
            if (text !== '' || files.length > 0) composer.rewrite(text, now.repliedTo(replyTo), files);
            return;
        }
        const draft = drafts.get(userId, roomId) ?? EMPTY_DRAFT;
        const kept = { ...draft, text: joinWords(text, draft.text), files: [...files, ...draft.files] };
        drafts.set(userId, roomId, kept);
    }
    async function sendAll(sender: Sender, parcels: readonly Parcel<File>[]): Promise<void> {
        const { roomId, userId } = sender;
        let follows = false;
        for (const { file, caption, replyTo } of parcels) {
            const bytes = await file.arrayBuffer().catch(() => undefined);
            const name = nameOf(file, Date.now()).slice(0, 512);
            const anotherPerson = (now.chat?.room ?? null) !== null && userId !== now.userId;
            if (bytes && anotherPerson) {
                giveBack(sender, { text: caption, replyTo, files: [file] });
            } else if (bytes) {
                send({ type: 'chat.file', roomId, name, bytes: new Uint8Array(bytes), caption, replyTo, follows });
                follows = true;
            } else {
                tell(`${file.name} could not be read.`);
                giveBack(sender, { text: caption, replyTo, files: [] });
            }
        }
    }
    return {
        send(parcels) {
            const sender = { roomId: now.roomId, userId: now.userId };
            sending = sending.then(() => sendAll(sender, parcels));
        },
        giveBack,
    };
}
