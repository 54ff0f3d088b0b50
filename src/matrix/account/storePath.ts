/** The path of a device's store. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';

/**
 * One file per device, because a store belongs to one device for ever. The name is a hash, because IDs may hold
 * characters that file names may not.
 */
export function storePath(dataDir: string, userId: string, deviceId: string): string {
    const name = createHash('sha256')
        .update(JSON.stringify([userId, deviceId]))
        .digest('hex')
        .slice(0, 32);
    return join(dataDir, 'stores', `${name}.sqlite`);
}

/** The file and the extra files of SQLite. */
export function storeFiles(path: string): string[] {
    return [path, `${path}-wal`, `${path}-shm`, `${path}-journal`];
}
