/** What is needed to undo applied changes. Kept on the disk, so that Undo works after a restart. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';

const diskFile = v.nullable(v.object({ kind: v.picklist(['file', 'link']), mode: v.number(), base64: v.string() }));
const appliedChanges = v.variant('kind', [
    v.object({
        kind: v.literal('files'),
        root: v.string(),
        /** `after`: the print of the file that was written. */
        files: v.array(v.object({ path: v.string(), before: diskFile, after: v.string() })),
    }),
    v.object({
        kind: v.literal('commits'),
        root: v.string(),
        /** Null: the branch had no commit. */
        before: v.nullable(v.string()),
        after: v.string(),
    }),
]);
export type AppliedChanges = v.InferOutput<typeof appliedChanges>;

export interface AppliedStore {
    get(roomId: string, eventId: string): Promise<AppliedChanges | undefined>;
    set(roomId: string, eventId: string, applied: AppliedChanges): Promise<void>;
    delete(roomId: string, eventId: string): Promise<void>;
}

/** `folder`: Hush's own folder of this workspace. It is created on first use. */
export function createAppliedStore(folder: string): AppliedStore {
    const fileOf = (roomId: string, eventId: string): string =>
        join(folder, `${createHash('sha256').update(`${roomId}\n${eventId}`).digest('hex')}.json`);
    return {
        async get(roomId, eventId) {
            const text = await readFile(fileOf(roomId, eventId), 'utf8').catch((error: NodeJS.ErrnoException) => {
                if (error.code !== 'ENOENT') throw error;
                return undefined;
            });
            if (text === undefined) return undefined;
            return v.parse(appliedChanges, JSON.parse(text));
        },
        async set(roomId, eventId, applied) {
            await mkdir(folder, { recursive: true, mode: 0o700 });
            const path = fileOf(roomId, eventId);
            const next = `${path}.${randomUUID()}`;
            try {
                // Half of a record would lose the Undo that was there before.
                await writeFile(next, JSON.stringify(applied), { mode: 0o600, flush: true });
                await rename(next, path);
            } catch (error) {
                await rm(next, { force: true });
                throw error;
            }
        },
        delete: (roomId, eventId) => rm(fileOf(roomId, eventId), { force: true }),
    };
}
