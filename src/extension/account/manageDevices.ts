/**
 * **Hush: Manage Devices**: lists every device of the account and what Hush knows about it. Renames and removes
 * devices.
 */
import { createTimeWords } from '../../core/base/timeWords.ts';
import { trustWord } from '../../core/trust/trustWords.ts';
import * as vscode from 'vscode';
import type { OwnDevice } from '../../core/account/account.ts';
import { commands } from '../manifest/commands.ts';
import { removeDevices as removeFromAccount } from '../../core/account/removeDevices.ts';
import { askText, openPage } from '../shell/asking.ts';
import { signedIn, type ActionContext } from '../shell/actionContext.ts';
import { createUiaPrompts } from './uiaPrompts.ts';
import { askBeforeLoss } from '../shell/askBeforeLoss.ts';
import { setStatusBarMessage, showInformationMessage, showQuickPick } from '../shell/dialogs.ts';
import { plainName } from '../shell/plainText.ts';

const TITLE = 'Hush: Manage Devices';

interface DeviceRow extends vscode.QuickPickItem {
    readonly device?: OwnDevice;
}

/** Shows the list again after each change, until the person closes it. */
export async function manageDevices(context: ActionContext): Promise<void> {
    const { account } = signedIn(context);
    for (;;) {
        let others: readonly OwnDevice[] = [];
        const rows = account.devices.list().then((devices): DeviceRow[] => {
            others = devices.filter(({ isThis }) => !isThis);
            const several = { label: '$(checklist) Remove several devices…', alwaysShow: true };
            const more = [{ label: '', kind: vscode.QuickPickItemKind.Separator }, several];
            return [...devices.map(rowOf), ...(others.length > 1 ? more : [])];
        });
        // The list opens at once, and Escape does not wait for a slow server.
        const chosen = await showQuickPick(rows, {
            title: TITLE,
            placeHolder: `Devices of ${account.userId}. Choose one to rename or remove it.`,
            matchOnDescription: true,
            matchOnDetail: true,
        });
        if (!chosen) return;
        const done = chosen.device ? await actOn(context, chosen.device) : await removeSeveral(context, others);
        if (done === 'leave') return;
    }
}

/** `crossSigned`: the identity on the server signed the device, but this device has not verified that identity. */
const TRUST: Readonly<Record<OwnDevice['trust'], string>> = {
    verified: `$(verified) ${trustWord('verified')}`,
    crossSigned: '$(question) cannot be told before this device is verified',
    unverified: `$(warning) ${trustWord('unverified')}`,
    unknown: '$(circle-slash) no encryption',
};

function rowOf(device: OwnDevice): DeviceRow {
    const { deviceId, name, lastSeenTs, lastSeenIp, isThis, trust } = device;
    const seen =
        lastSeenTs === undefined ? undefined : `last seen ${createTimeWords(vscode.env.language).moment(lastSeenTs)}`;
    const place = lastSeenIp === undefined ? undefined : `from ${plainName(lastSeenIp)}`;
    return {
        label: `${isThis ? '$(vm-active)' : '$(device-desktop)'} ${plainName(name ?? deviceId)}`,
        description: [isThis ? 'this device' : undefined, TRUST[trust]].filter(Boolean).join(' · '),
        detail: [[seen, place].filter(Boolean).join(' '), deviceId].filter(Boolean).join(' · '),
        device,
    };
}

async function actOn(context: ActionContext, device: OwnDevice): Promise<'again' | 'leave'> {
    const { account } = signedIn(context);
    const name = device.name ?? device.deviceId;
    const [rename, remove] = ['$(edit) Rename…', device.isThis ? '$(sign-out) Sign Out…' : '$(trash) Remove…'];
    const chosen = await showQuickPick([rename, remove], { title: TITLE, placeHolder: plainName(name) });
    if (chosen === rename) {
        const next = await askText({
            title: TITLE,
            prompt: 'Everybody you share a room with can see this name.',
            value: name,
            check: (value) => Promise.resolve(value.trim() === '' ? 'Type a name.' : undefined),
        });
        if (next !== undefined && next.trim() !== device.name)
            await account.devices.rename(device.deviceId, next.trim().slice(0, 100));
    }
    if (chosen === remove && device.isThis) {
        await vscode.commands.executeCommand(commands.signOut);
        return 'leave';
    }
    return chosen === remove ? removeDevices(context, [device]) : 'again';
}

async function removeSeveral(context: ActionContext, others: readonly OwnDevice[]): Promise<'again' | 'leave'> {
    const chosen = await showQuickPick(others.map(rowOf), {
        title: TITLE,
        placeHolder: 'Choose the devices to remove.',
        canPickMany: true,
        ignoreFocusOut: true,
    });
    const devices = (chosen ?? []).flatMap(({ device }) => device ?? []);
    return devices.length === 0 ? 'again' : removeDevices(context, devices);
}

async function removeDevices(context: ActionContext, devices: readonly OwnDevice[]): Promise<'again' | 'leave'> {
    const { account } = signedIn(context);
    const ids = devices.map(({ deviceId }) => deviceId);
    const names = devices.map(({ name, deviceId }) => `“${plainName(name ?? deviceId)}”`);
    const what = names.length === 1 ? (names[0] ?? '') : `${names.length} devices`;
    if ((await account.devices.server()).delegated) {
        const page = await account.devices.page('delete', ids.length === 1 ? ids[0] : undefined);
        const open = 'Open Page';
        const text = page
            ? `Your server removes devices on its own web page.`
            : `Your server does not let clients remove devices, and names no page for it.`;
        const chosen = await showInformationMessage(text, ...(page ? [open] : []));
        if (chosen === open && page) await openPage(page);
        return 'leave';
    }
    const remove = 'Remove';
    const detail =
        names.length === 1
            ? 'It is signed out at once, and what only it can decrypt is lost.'
            : `${names.join(', ')}\n\nThey are signed out at once, and what only they can decrypt is lost.`;
    const text = `Remove ${what} from your account?`;
    if ((await askBeforeLoss(text, detail, 'Back to Devices', remove)) !== remove) return 'again';
    if (await removeFromAccount(account.devices, account.userId, ids, createUiaPrompts(TITLE, account.userId)))
        setStatusBarMessage('check', `${what} ${ids.length === 1 ? 'is' : 'are'} signed out`, 8_000);
    return 'again';
}
