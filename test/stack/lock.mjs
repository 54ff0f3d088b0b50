// Plain JavaScript because bootstrap.mjs needs it before there is a Node that strips types.
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const POLL_MS = 300;
const REFRESH_MS = 10_000;
const STALE_MS = 60_000;

export function cacheRoot() {
    const { HUSH_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
    if (HUSH_CACHE) return resolve(HUSH_CACHE);
    if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'hush-dev');
    if (process.platform === 'win32') return join(LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'hush-dev');
    return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'hush-dev');
}

export async function withLock(path, work, onWait) {
    await mkdir(dirname(path), { recursive: true });
    const mine = `${process.pid} ${randomUUID()}`;
    for (let told = false; !(await tryCreate(path, mine));) {
        const holder = await inspect(path);
        if (holder?.stale) {
            await takeAway(path, holder.content);
        } else if (holder) {
            if (!told) onWait?.(holder.pid);
            told = true;
            await new Promise((done) => setTimeout(done, POLL_MS));
        }
    }
    const refresh = setInterval(() => {
        const now = new Date();
        utimes(path, now, now).catch(() => {}); // the next taker decides what a vanished lock means
    }, REFRESH_MS);
    refresh.unref();
    try {
        return await work();
    } finally {
        clearInterval(refresh);
        if ((await readFile(path, 'utf8').catch(() => '')) === mine) await rm(path, { force: true });
    }
}

async function tryCreate(path, content) {
    try {
        await writeFile(path, content, { flag: 'wx' });
        return true;
    } catch (error) {
        if (error.code === 'EEXIST') return false;
        throw error;
    }
}

async function inspect(path) {
    try {
        const [content, { mtimeMs }] = [await readFile(path, 'utf8'), await stat(path)];
        const pid = Number.parseInt(content, 10);
        const old = Date.now() - mtimeMs > STALE_MS;
        // An empty file is a holder between creating and writing; it counts as dead only once it is old.
        return { content, pid, stale: old || (Number.isInteger(pid) && !isAlive(pid)) };
    } catch {
        return undefined; // released in the meantime
    }
}

function isAlive(pid) {
    try {
        process.kill(pid, 0);
        return true;
    } catch (error) {
        return error.code === 'EPERM';
    }
}

/** Renaming is the atomic step: of two processes that see the same stale lock, one moves it. */
async function takeAway(path, seen) {
    const aside = `${path}.${randomUUID()}`;
    try {
        await rename(path, aside);
    } catch {
        return;
    }
    const got = await readFile(aside, 'utf8');
    // Somebody else was faster and holds a new lock. Give it back, unless a third process came in between.
    if (got !== seen) await writeFile(path, got, { flag: 'wx' }).catch(() => {});
    await rm(aside, { force: true });
}
