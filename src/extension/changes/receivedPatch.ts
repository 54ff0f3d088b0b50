/** Downloads the patch of a message, decrypted and checked, and reads it. The last ones are kept. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChangesClaim } from '../../core/changes/changesClaim.ts';
import { HushError } from '../../core/base/errors.ts';
import type { ChatFile } from '../../core/chat/message.ts';
import { MAX_PATCH, tooLarge, type Patch } from '../../core/changes/patch.ts';
import { readPatch } from '../../core/changes/readPatch.ts';
import type { FilesPort } from '../../core/files/filesPort.ts';

export interface ReceivedPatch {
    readonly claim: ChangesClaim;
    readonly patch: Patch;
}

const MAX_KEPT = 20;

export interface ReceivedPatches {
    /** @throws HushError `changes.*`, `file.*`, `network.*`. */
    get(roomId: string, eventId: string): Promise<ReceivedPatch>;
    forget(): void;
}

export function createReceivedPatches(
    files: () => FilesPort,
    fileOf: (eventId: string) => ChatFile | undefined,
): ReceivedPatches {
    const kept = new Map<string, Promise<ReceivedPatch>>();

    async function load(roomId: string, eventId: string): Promise<ReceivedPatch> {
        const { size = null, changes } = fileOf(eventId) ?? {};
        if (!changes) throw new HushError('file.gone', 'This message is not in the conversation any more.');
        if (size === null)
            throw new HushError('changes.refused', 'The message does not say how large these changes are.');
        if (size > MAX_PATCH) throw tooLarge(`more than ${MAX_PATCH / 1_000_000} MB`);
        const folder = await mkdtemp(join(tmpdir(), 'hush-')); // only the person can read it (0700), because it is decrypted
        try {
            const path = join(folder, 'patch');
            await files().save(roomId, eventId, path, `changes.${randomUUID()}`);
            return { claim: changes, patch: readPatch(await readFile(path), changes.kind) };
        } finally {
            await rm(folder, { recursive: true, force: true });
        }
    }

    return {
        get(roomId, eventId) {
            const key = `${roomId}\n${eventId}`;
            const found = kept.get(key);
            if (found) return found;
            const loading = load(roomId, eventId);
            kept.set(key, loading);
            // A failure may be the network's: the next look tries again.
            loading.catch(() => kept.delete(key));
            for (const oldest of [...kept.keys()].slice(0, -MAX_KEPT)) kept.delete(oldest);
            return loading;
        },
        forget: () => kept.clear(),
    };
}
