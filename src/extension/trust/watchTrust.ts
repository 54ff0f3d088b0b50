/** Tells the person once about each change of their device's trust, and shows verification requests. */
import * as vscode from 'vscode';
import type { Account } from '../../core/account/account.ts';
import type { ActionContext } from '../shell/actionContext.ts';
import { commands, type CommandId } from '../manifest/commands.ts';
import { userMessage } from '../../core/base/errors.ts';
import { DisposableScope, type Disposable } from '../../core/base/disposable.ts';
import type { MediaPort } from '../../core/session/mediaPort.ts';
import { clockSentence, lieSentence, type OwnTrust, type ServerWarning } from '../../core/trust/shareTrust.ts';
import { showFailure } from '../shell/failure.ts';
import { plainName } from '../shell/plainText.ts';
import { showWarningMessage } from '../shell/dialogs.ts';

const trustCommands = () => import('./trustCommands.ts');

export function watchTrust(context: ActionContext, account: Account): Disposable {
    const scope = new DisposableScope();
    let said = '';
    const warned = new Set<string>();
    const follow = (own: OwnTrust): void => {
        // Every window gets the event, but only the focused one tells the person.
        if (!vscode.window.state.focused) return;
        const text = newWarning(own.warnings ?? [], warned);
        if (text !== undefined)
            void warn(text, 'Show Log', commands.showLog).catch((error: unknown) =>
                context.log.warn('a warning was not shown', error),
            );
        const now = own.backup === 'replaced' && own.kind === 'trusted' ? 'replaced' : own.kind;
        if (now === said) return;
        said = now;
        tell(now, own).catch((error: unknown) =>
            context.log.warn('the notice about the trust of this device was not shown', error),
        );
    };
    scope.add(account.trust.onOwn(follow));
    scope.add(vscode.window.onDidChangeWindowState(() => follow(account.trust.own)));
    scope.add(
        account.trust.onVerification((verification) => {
            const { state, userId, self } = verification;
            if (state.kind === 'done')
                showTrust(context, account, self ? undefined : userId).catch((error: unknown) =>
                    context.log.warn('a tab may show older trust', error),
                );
            if (state.kind !== 'asked') return;
            trustCommands()
                .then(({ answerVerification }) => answerVerification(context, verification))
                .catch((error: unknown) => context.log.warn('a verification request was not handled', error));
        }),
    );
    follow(account.trust.own);
    return scope;
}

/** ms between two checks, and their number. Our signature counts after the homeserver has returned it. */
const LOOK_MS = 1_000;
const LOOKS = 15;

/** `person`: the user who was just verified. Undefined: a device of ours. */
async function showTrust(context: ActionContext, account: Account, person: string | undefined): Promise<void> {
    for (let look = 0; look < LOOKS; look++) {
        const known = person === undefined || (await account.trust.person(person)).verified;
        if (known || look === LOOKS - 1)
            return context.orchestrator?.dispatch({ type: 'trustChanged', userId: person });
        await new Promise((done) => setTimeout(done, LOOK_MS));
    }
}

/** Reacts to the trust setting and to the trust buttons in the tabs. */
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
    const act = async (pageId: string, name: string): Promise<void> => {
        if (name === 'whoCanSee') await (await trustCommands()).whoCanSee(context, pageId);
        if (name === 'becomeTrusted') await vscode.commands.executeCommand(commands.verifyDevice);
        if (name !== 'verifySharer') return;
        const target = context.orchestrator?.state.viewerTabs.get(pageId)?.target;
        if (target?.userId !== undefined)
            await (await trustCommands()).verifyPerson(context, target.userId, target.roomId);
    };
    scope.add(
        media.onMessage((pageId, _generation, message) => {
            if (message.type !== 'action') return;
            act(pageId, message.name).catch((error: unknown) => {
                context.log.warn(`${message.name} failed`, error);
                void showFailure(userMessage(error, 'That'));
            });
        }),
    );
    return scope;
}

/** Returns one sentence for the new warnings. Warns about the clock again if it was right in between. */
function newWarning(warnings: readonly ServerWarning[], warned: Set<string>): string | undefined {
    const clock = warnings.find((warning) => warning.kind === 'clock');
    if (!clock) warned.delete('clock');
    const keyOf = (warning: ServerWarning): string => (warning.kind === 'clock' ? 'clock' : JSON.stringify(warning));
    const fresh = warnings.filter((warning) => !warned.has(keyOf(warning)));
    for (const warning of fresh) warned.add(keyOf(warning));
    const lies = fresh.filter((warning) => warning.kind === 'device');
    const [first] = lies;
    const more = lies.length > 1 ? ` The same goes for ${lies.length - 1} more of its answers.` : '';
    const sentences = [
        ...(clock && fresh.includes(clock) ? [clockSentence(clock.offMs)] : []),
        ...(first ? [lieSentence(first, plainName(first.userId), plainName(first.deviceId)) + more] : []),
    ];
    return sentences.length === 0 ? undefined : sentences.join(' ');
}

/** Shows a warning with one button. */
async function warn(text: string, button: string, command: CommandId): Promise<void> {
    if ((await showWarningMessage(text, button)) === button) await vscode.commands.executeCommand(command);
}

async function tell(now: string, own: OwnTrust): Promise<void> {
    if (now === 'replaced') return (await trustCommands()).tellBackupReplaced();
    if (now === 'needsPassword')
        return warn(
            'Your homeserver wants your password once before your account gets an encryption identity. Until then, teammates do not show this device their screens.',
            'Set Up',
            commands.setUpRecovery,
        );
    if (now === 'otherAuth')
        return warn(
            'Your account has no encryption identity, and your homeserver wants another proof than a password before it takes one. Set up encryption in another Matrix client, then verify this device. Until then, teammates do not show it their screens.',
            'Try Again',
            commands.setUpRecovery,
        );
    if (now !== 'untrusted') return;
    const [device, key, ways] = ['Verify with Another Device', 'Use Recovery Key', 'Verify This Device…'] as const;
    const offered = [...(own.otherDevices ? [device] : []), ...(own.recovery === 'ready' ? [key] : [])];
    const chosen = await showWarningMessage(
        'This device is not verified yet, so teammates do not show it their screens. Verify it once, and it stays so.',
        ...(offered.length > 0 ? offered : [ways]),
    );
    if (chosen === key) await vscode.commands.executeCommand(commands.recover);
    else if (chosen !== undefined) await vscode.commands.executeCommand(commands.verifyDevice);
}
