/** The cards of received changes in the chat: what they show, and what their buttons do. */
import { isHushError, userMessage } from '../../core/base/errors.ts';
import { cardOf, totalsOf } from '../../core/changes/cardOf.ts';
import { totalsWords } from '../../core/changes/changesCard.ts';
import type { ChatFile } from '../../core/chat/message.ts';
import type { ChangesAct, ChangesMessage, ChangesShown } from '../../core/chat/changesMessages.ts';
import type { FilesPort } from '../../core/files/filesPort.ts';
import type { WorkspaceLink } from '../../core/rooms/room.ts';
import type { Log } from '../../core/base/log.ts';
import { showWarningMessage, withProgress } from '../shell/dialogs.ts';
import { showFailure } from '../shell/failure.ts';
import { createAppliedStore, type AppliedChanges } from './applied.ts';
import { applyReceived, undoReceived } from './applyReceived.ts';
import { createChangesDocuments } from './changesDocuments.ts';
import { hasCommit } from './gitRunner.ts';
import { openRepositories } from './openRepositories.ts';
import { createReceivedPatches } from './receivedPatch.ts';
import { createRepositoryTurns } from './repositoryTurns.ts';
import { review } from './review.ts';

export interface ReceivedChanges {
    hear(message: ChangesMessage): void;
    /** Another person signed in, or nobody is signed in. */
    forget(): void;
    dispose(): void;
}

export interface ReceivedChangesOptions {
    /** @throws HushError `account.notSignedIn`. */
    readonly files: () => FilesPort;
    readonly fileOf: (eventId: string) => ChatFile | undefined;
    readonly senderOf: (eventId: string) => string;
    /** The repositories of a room. */
    readonly linksOf: (roomId: string) => readonly WorkspaceLink[];
    /** Folder for what Undo needs. */
    readonly folder: string;
    readonly post: (message: ChangesShown) => void;
    readonly log: Log;
}

const READING = 'Reading these changes';
const DOING: Readonly<Record<ChangesAct, string>> = {
    review: 'Opening the changes',
    apply: 'Applying the changes',
    undo: 'Undoing the changes',
};

export function createReceivedChanges(options: ReceivedChangesOptions): ReceivedChanges {
    const { files, fileOf, senderOf, linksOf, folder, post, log } = options;
    const patches = createReceivedPatches(files, fileOf);
    const store = createAppliedStore(folder);
    const documents = createChangesDocuments();
    const inTurn = createRepositoryTurns();
    /** Keys of messages whose button was pressed. A second press while git works does nothing. */
    const busy = new Set<string>();

    async function show(roomId: string, key: string): Promise<void> {
        const nothing = { type: 'chat.changes', roomId, key, card: null, problem: null, hasBase: null } as const;
        let applied = false;
        try {
            applied = (await store.get(roomId, key)) !== undefined;
            const { claim, patch } = await patches.get(roomId, key);
            post({ ...nothing, applied, card: cardOf(claim, patch), hasBase: await hasBase(claim.base) });
        } catch (error) {
            log.warn('received changes were not read', error);
            post({ ...nothing, applied, problem: userMessage(error, READING).slice(0, 1_000) });
        }
    }

    async function act(roomId: string, key: string, what: ChangesAct): Promise<void> {
        if (what === 'undo') {
            const applied = await store.get(roomId, key);
            if (!applied) return;
            return inTurn(applied.root, async () => {
                if (await undoReceived(applied, log)) await store.delete(roomId, key);
            });
        }
        const received = await patches.get(roomId, key);
        if (what === 'review') {
            const title = `Changes from ${senderOf(key)}: ${totalsWords(totalsOf(received.patch))}`;
            return review(title, received.patch, await openRepositories(), documents);
        }
        const keep = (applied: AppliedChanges | null): Promise<void> =>
            applied ? store.set(roomId, key, applied) : store.delete(roomId, key);
        const done = await applyReceived(received, linksOf(roomId), keep, inTurn, log);
        log.info(done ? 'applied received changes' : 'received changes were not applied: the person gave up');
    }

    /** Shows the card again afterwards. Never rejects. */
    async function run(roomId: string, key: string, what: ChangesAct): Promise<void> {
        const progress = { location: { viewId: 'hush.chat' } };
        try {
            await withProgress(progress, () => act(roomId, key, what));
        } catch (error) {
            // Not awaited: the notice may stay for hours, and the buttons work meanwhile.
            void tell(roomId, key, error, what);
        } finally {
            busy.delete(key);
        }
        await showOrLog(roomId, key);
    }

    /** Says why, with the way on that fits. Never rejects. */
    async function tell(roomId: string, key: string, error: unknown, what: ChangesAct): Promise<void> {
        log.warn(`${DOING[what]} failed`, error);
        const code = isHushError(error) ? error.code : undefined;
        const text = userMessage(error, DOING[what]);
        const [again, look] = ['Allow Apply Again', 'Review'] as const;
        if (what === 'undo' && code === 'changes.changed') {
            // Without this, the card would offer an Undo that never works again.
            if ((await showWarningMessage(text, again)) !== again) return;
            await store.delete(roomId, key);
            await showOrLog(roomId, key);
        } else if (what === 'apply' && code === 'changes.conflict') {
            if ((await showWarningMessage(text, look)) === look) await run(roomId, key, 'review');
        } else await showFailure(text);
    }

    async function showOrLog(roomId: string, key: string): Promise<void> {
        try {
            await show(roomId, key);
        } catch (error) {
            log.error('the card of changes was not shown', error);
        }
    }

    return {
        hear(message) {
            const { roomId, key } = message;
            if (message.type === 'chat.changes') return void showOrLog(roomId, key);
            if (busy.has(key)) return;
            busy.add(key);
            void run(roomId, key, message.act);
        },
        forget: () => patches.forget(),
        dispose: () => documents.dispose(),
    };
}

async function hasBase(base: string | null): Promise<boolean | null> {
    const all = await openRepositories();
    if (all.length === 0 || base === null) return null;
    for (const { git } of all) if (await hasCommit(git, base)) return true;
    return false;
}
