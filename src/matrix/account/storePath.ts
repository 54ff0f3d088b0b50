/** Where the store of one device lives. Pure. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** One file per device, because a store belongs to a device for ever; hashed, because IDs hold what file names may not. */
export function storePath(dataDir: string, userId: string, deviceId: string): string {
    const name = createHash('sha256')
        .update(JSON.stringify([userId, deviceId]))
        .digest('hex')
        .slice(0, 32);
    return join(dataDir, 'stores', `${name}.sqlite`);
}

/** The file and SQLite's companions. */
export function storeFiles(path: string): string[] {
    return [path, `${path}-wal`, `${path}-shm`, `${path}-journal`];
}
