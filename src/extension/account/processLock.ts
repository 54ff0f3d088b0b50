/**
 * A lock between all windows of the person on this machine, for data that is read, changed and written back as a whole.
 * SQLite locks a file. The lock ends with the process that holds it, so no stale lock can remain.
 */
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type * as Sqlite from 'node:sqlite';
import type { DatabaseSync } from 'node:sqlite';
import type { Log } from '../../core/base/log.ts';

export interface ProcessLock {
    /**
     * Runs `work` while no other process does. If the lock does not come in time, it runs `work` without it and logs
     * that.
     */
    hold<T>(work: () => Promise<T>): Promise<T>;
}
export interface ProcessLockOptions {
    /** The file to lock. Its folder is created. */
    readonly path: string;
    readonly log: Log;
    /** Longest wait for another process, in ms. A window that hangs must not prevent a sign-in. */
    readonly waitMs?: number;
}

/** ms between two attempts while another process holds the lock. */
const LOOK_EVERY = 15;
/** SQLite's primary result codes for a lock of somebody else. */
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
                log.warn('The list of accounts could not be locked: other windows may change it meanwhile', error);
                return undefined;
            });
            try {
                return await work();
            } finally {
                db?.close(); // the rollback releases the lock
            }
        },
    };
}

function isBusy(error: unknown): boolean {
    return error instanceof Error && 'errcode' in error && BUSY.includes(Number(error.errcode) & 0xff);
}
