/**
 * The address of the window that owns an account. A file with mode 0600 in a folder with mode 0700 contains its socket
 * and the secret. A file of a dead leader is harmless: nobody answers at its socket, and the lock of the key store
 * decides on the next leader.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import * as v from 'valibot';

const leaderSchema = v.object({
    socket: v.pipe(v.string(), v.maxLength(512)),
    /** 32 bytes, hexadecimal. */
    secret: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/u)),
    /** Version of Hush and of V8. Both ends must have the same. */
    version: v.string(),
});
export type Leader = v.InferOutput<typeof leaderSchema>;

/** Prefix of the folder for a socket whose normal path would be too long. */
const SPARE = 'hush-window-';
/** Longest path of a Unix socket on every system, in bytes. */
const MAX_SOCKET_PATH = 100;

export function windowsFolder(storage: string): string {
    return join(storage, 'windows');
}

function nameOf(device: { userId: string; deviceId: string }): string {
    return createHash('sha256')
        .update(JSON.stringify([device.userId, device.deviceId]))
        .digest('hex')
        .slice(0, 16);
}

function fileOf(storage: string, device: { userId: string; deviceId: string }): string {
    return join(windowsFolder(storage), `${nameOf(device)}.json`);
}

/** Returns undefined if there is no file or it is not valid. */
export async function readLeader(
    storage: string,
    device: { userId: string; deviceId: string },
): Promise<Leader | undefined> {
    const text = await readFile(fileOf(storage, device), 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    try {
        return v.parse(leaderSchema, JSON.parse(text));
    } catch {
        return undefined;
    }
}

/**
 * Returns a new address for the leader's server, and deletes the remains of an earlier leader. Call it only while you
 * hold the store's lock.
 */
export async function newLeader(
    storage: string,
    device: { userId: string; deviceId: string },
    version: string,
): Promise<Leader> {
    const folder = windowsFolder(storage);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const name = nameOf(device);
    for (const file of await readdir(folder))
        if (file.startsWith(`${name}-`)) await rm(join(folder, file), { force: true });
    const unique = `${name}-${randomBytes(8).toString('hex')}`;
    const before = await readLeader(storage, device);
    if (before) await removeSpare(before.socket);
    return { socket: await socketPath(folder, unique), secret: randomBytes(32).toString('hex'), version };
}

async function socketPath(folder: string, unique: string): Promise<string> {
    if (process.platform === 'win32') return `\\\\.\\pipe\\hush-${unique}`;
    const path = join(folder, `${unique}.sock`);
    if (Buffer.byteLength(path) <= MAX_SOCKET_PATH) return path;
    return join(await mkdtemp(join(tmpdir(), SPARE)), 's');
}

/** Deletes the folder that {@link socketPath} made outside of the storage folder. */
async function removeSpare(socket: string): Promise<void> {
    const folder = dirname(socket);
    if (dirname(folder) === tmpdir() && basename(folder).startsWith(SPARE))
        await rm(folder, { recursive: true, force: true });
}

/** Writes the file as a whole or not at all. The other windows notice the change of the folder. */
export async function announceLeader(
    storage: string,
    device: { userId: string; deviceId: string },
    leader: Leader,
): Promise<void> {
    const file = fileOf(storage, device);
    const draft = `${file}.${randomBytes(4).toString('hex')}.tmp`;
    await writeFile(draft, JSON.stringify(leader), { mode: 0o600 });
    await rename(draft, file);
}
