/**
 * Notices that another window of this VS Code signed in, signed in again or switched the account. The folder where
 * leaders announce themselves changes, and the vault names an account that this window does not have.
 */
import { mkdirSync, watch, type FSWatcher } from 'node:fs';
import type { Disposable } from '../../core/base/disposable.ts';
import type { Log } from '../../core/base/log.ts';
import type { AccountState } from '../../core/account/accountState.ts';
import type { StoredAccount } from '../../core/account/storedAccounts.ts';
import { windowsFolder } from './leaderFile.ts';

export interface FollowOptions {
    readonly storage: string;
    /** Reads the account that the person is signed in to from the vault. */
    stored(): Promise<StoredAccount | undefined>;
    state(): AccountState;
    /** Returns the device of the account that is open here. */
    device(): { readonly userId: string; readonly deviceId: string } | undefined;
    open(stored: StoredAccount): Promise<void>;
    readonly log: Log;
}
export interface WindowFollower extends Disposable {
    /** Checks now. Never rejects. */
    look(): Promise<void>;
    /** Checks again if something changed while the account was opening. Call it when the account may be open. */
    settled(): void;
}

export function followWindows(options: FollowOptions): WindowFollower {
    const { log } = options;
    let turn: Promise<void> = Promise.resolve();
    /** Something changed while the account was opening. */
    let waiting = false;
    /**
     * The last sign-in that was opened. Opening changes the folder, so a sign-in that fails here would otherwise be
     * opened forever.
     */
    let tried: string | undefined;

    async function lookOnce(): Promise<void> {
        const { kind } = options.state();
        if (kind === 'starting') {
            waiting = true;
            return;
        }
        waiting = false;
        const stored = await options.stored();
        if (stored?.accessToken === undefined) return;
        const device = options.device();
        const same = device?.userId === stored.userId && device.deviceId === stored.deviceId;
        if (kind === 'ready' ? same : stored.accessToken === tried) return;
        tried = stored.accessToken;
        log.info('Another window signed in; this one follows');
        await options.open(stored);
    }
    const look = (): Promise<void> =>
        (turn = turn
            .then(lookOnce)
            .catch((error: unknown) => log.warn('Following another window did not work', error)));

    let watcher: FSWatcher | undefined;
    try {
        const folder = windowsFolder(options.storage);
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        watcher = watch(folder, { persistent: false }, (_event, file) => {
            if (file === null || file.endsWith('.json')) void look();
        });
        watcher.on('error', (error) => log.warn('Other windows are not followed', error));
    } catch (error) {
        log.warn('Other windows are not followed', error); // the system has no file watch left
    }
    return {
        look,
        settled() {
            if (waiting) void look();
        },
        dispose: () => watcher?.close(),
    };
}
