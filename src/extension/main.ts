/** Composition root. Each phase stands on those before it. The engine (matrix-js-sdk, crypto) is loaded on first use. */
import type { ExtensionContext } from 'vscode';
import { createAccountParts } from './activation/accountParts.ts';
import { followAccount } from './activation/followAccount.ts';
import { followModel } from './activation/followModel.ts';
import { createFoundation } from './activation/foundation.ts';
import { register } from './activation/registrations.ts';
import { createViewParts } from './activation/viewParts.ts';

let shutDown: (() => Promise<void>) | undefined;

export function activate(extension: ExtensionContext): void {
    const started = performance.now();
    let activationMs = 0;
    const foundation = createFoundation(extension);
    const account = createAccountParts(foundation);
    const views = createViewParts(foundation, account);
    followAccount(foundation, account, views);
    followModel(foundation, account, views);
    register(foundation, account, views, () => activationMs);
    account.app.refresh();
    // Not in `extension.subscriptions`, because VS Code disposes those while deactivate() still leaves the calls.
    shutDown = async () => {
        shutDown = undefined;
        // A window that reloads gets its viewer tabs back only if they stay open now.
        account.media.keepTabs();
        try {
            await account.app.close();
        } finally {
            foundation.scope.dispose();
        }
    };
    // Wait until activation has returned. The read of the keychain must not delay the window.
    setImmediate(() => void account.control.resume().then(views.joins.resume));
    activationMs = performance.now() - started;
    foundation.log.info(`activated in ${activationMs.toFixed(1)} ms`);
}

/** VS Code waits a few seconds for this, so shares and memberships end at once. */
export async function deactivate(): Promise<void> {
    await shutDown?.();
}
