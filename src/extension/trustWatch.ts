/** Tells the person what becomes of their device's trust, once each, and brings verification requests before them. */
import * as vscode from 'vscode';
import type { Account } from './account.ts';
import type { ActionContext } from './actions/context.ts';
import { whoCanSee } from './actions/trust.ts';
import { tellBackupReplaced } from './actions/trustRecovery.ts';
import { answerVerification, verifyPerson } from './actions/trustVerify.ts';
import { commands } from './commands.ts';
import { userMessage } from './errors.ts';
import { DisposableScope, type Disposable } from './lifecycle.ts';
import type { MediaPort } from './session/ports.ts';
import type { OwnTrust } from './session/trust.ts';
import { showFailure } from './views/notices.ts';

export function watchTrust(context: ActionContext, account: Account): Disposable {
    const scope = new DisposableScope();
    let said = '';
    const follow = (own: OwnTrust): void => {
        // Every window hears it; the one that the person looks at says it.
        if (!vscode.window.state.focused) return;
        const now = own.backup === 'replaced' && own.kind === 'trusted' ? 'replaced' : own.kind;
        if (now === said) return;
        said = now;
        tell(now, own).catch((error: unknown) => context.log.warn('the trust of this device was not told', error));
    };
    scope.add(account.trust.onOwn(follow));
    scope.add(vscode.window.onDidChangeWindowState(() => follow(account.trust.own)));
    scope.add(
        account.trust.onVerification((verification) => {
            if (verification.state.kind !== 'asked') return;
            answerVerification(context, verification).catch((error: unknown) =>
                context.log.warn('a verification request was not handled', error),
            );
        }),
    );
    follow(account.trust.own);
    return scope;
}

/** What the setting and the buttons of tabs ask for. */
export function followTrust(
    context: ActionContext,
    media: Pick<MediaPort, 'onMessage'>,
    onSettings: (listener: (change: vscode.ConfigurationChangeEvent) => void) => vscode.Disposable,
): Disposable {
    const scope = new DisposableScope();
    scope.add(
        onSettings((change) => {
            if (change.affectsConfiguration('hush.trust.shareWith')) context.account?.trust.policyChanged();
        }),
    );
    const act = async (call: string, name: string): Promise<void> => {
        if (name === 'whoCanSee') await whoCanSee(context, call);
        if (name === 'becomeTrusted') await vscode.commands.executeCommand(commands.verifyDevice);
        if (name !== 'verifySharer') return;
        const target = context.orchestrator?.state.views.get(call)?.target;
        if (target?.userId !== undefined) await verifyPerson(context, target.userId, target.roomId);
    };
    scope.add(
        media.onMessage((call, _generation, message) => {
            if (message.type !== 'action') return;
            act(call, message.name).catch((error: unknown) => {
                context.log.warn(`${message.name} failed`, error);
                void showFailure(userMessage(error, 'That'));
            });
        }),
    );
    return scope;
}

async function tell(now: string, own: OwnTrust): Promise<void> {
    if (now === 'replaced') return tellBackupReplaced();
    if (now === 'needsPassword') {
        const setUp = 'Set Up';
        const chosen = await vscode.window.showWarningMessage(
            'Your homeserver wants your password once before your account gets an encryption identity. Until then, teammates do not show this device their screens.',
            setUp,
        );
        if (chosen === setUp) await vscode.commands.executeCommand(commands.setUpRecovery);
        return;
    }
    if (now !== 'untrusted') return;
    const [device, key, ways] = ['Verify with Another Device', 'Use Recovery Key', 'Verify This Device…'] as const;
    const offered = [...(own.otherDevices ? [device] : []), ...(own.recovery === 'ready' ? [key] : [])];
    const chosen = await vscode.window.showWarningMessage(
        'This device is not verified yet, so teammates do not show it their screens. Verify it once, and it stays so.',
        ...(offered.length > 0 ? offered : [ways]),
    );
    if (chosen === key) await vscode.commands.executeCommand(commands.recover);
    else if (chosen !== undefined) await vscode.commands.executeCommand(commands.verifyDevice);
}
