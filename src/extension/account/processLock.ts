/**
 * One at a time among all windows of the person on this machine: for what is read, changed and written back as a whole. The
 * lock is SQLite's on a file, so it goes with the process that holds it; nothing stale is ever left.
 */
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type * as Sqlite from 'node:sqlite';
import type { DatabaseSync } from 'node:sqlite';
import type { Log } from '../../core/base/log.ts';

export interface ProcessLock {
    /** Runs `work` while no other process does. Without the lock it runs all the same: late, and with a line in the log. */
    hold<T>(work: () => Promise<T>): Promise<T>;
}
export interface ProcessLockOptions {
    /** Of the file that is locked; its folder is made. */
    readonly path: string;
    readonly log: Log;
    /** ms to wait for another process: a window that hangs must not keep a person from signing in. */
    readonly waitMs?: number;
}

/** ms between two looks at a lock that another process holds. */
const LOOK_EVERY = 15;
/** Primary result codes of SQLite for "somebody else has it". */
const BUSY = [5, 6];

export function createProcessLock({ path, log, waitMs = 15_000 }: ProcessLockOptions): ProcessLock {
    async function acquire(): Promise<DatabaseSync | undefined> {
        const sqlite = process.getBuiltinModule('node:sqlite') as typeof Sqlite | undefined;
        if (!sqlite) throw new Error('this runtime has no SQLite');
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        const deadline = performance.now() + waitMs;
        for (;;) {
            let db: DatabaseSync | undefined;
            try {
                db = new sqlite.DatabaseSync(path, { timeout: 0 });
                db.exec('BEGIN EXCLUSIVE');
                return db;
            } catch (error) {
                db?.close();
                if (!isBusy(error)) throw error;
            }
            if (performance.now() > deadline) throw new Error(`another window held it for ${waitMs} ms`);
            await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
        }
    }
    return {
        async hold(work) {
            const db = await acquire().catch((error: unknown) => {
                log.warn('Other windows could not be kept from changing the list of accounts meanwhile', error);
                return undefined;
            });
            try {
                return await work();
            } finally {
                db?.close(); // rolls back, which releases it
            }
        },
    };
}

function isBusy(error: unknown): boolean {
    return error instanceof Error && 'errcode' in error && BUSY.includes(Number(error.errcode) & 0xff);
}
