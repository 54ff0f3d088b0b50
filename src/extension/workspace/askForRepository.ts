/** Finds the repository that a session belongs to, and asks where git alone does not say which. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { WorkspaceLink } from '../../core/rooms/room.ts';
import { remotesMeant, type MeantRemote } from '../../core/workspace/remotesMeant.ts';
import { linkForRemote } from '../../core/workspace/workspaceHash.ts';
import type { ActionContext } from '../shell/actionContext.ts';
import { showQuickPick } from '../shell/dialogs.ts';
import { plainText } from '../shell/plainText.ts';
import { repositoriesOf } from './git.ts';

/** `remote`: undefined when there is none, or when the person wants none. */
export interface ChosenRepository {
    readonly remote: MeantRemote | undefined;
}

/** `folder`: URI of one folder of the window. Without it, all folders count. Undefined: the person gave up. */
export async function askForRepository(
    { workspace, log }: Pick<ActionContext, 'workspace' | 'log'>,
    folder: string | undefined,
): Promise<ChosenRepository | undefined> {
    const uris = folder === undefined ? workspace.folders.map(({ uri }) => uri) : [folder];
    const meant = remotesMeant(
        await repositoriesOf(
            uris.map((uri) => vscode.Uri.parse(uri, true)),
            log,
        ),
    );
    if (meant.length <= 1) return { remote: meant[0] };
    const rows = meant.map((remote) => ({
        label: `$(repo) ${plainText(remote.root.split('/').at(-1) ?? remote.root, 100)}`,
        description: plainText(`${remote.name}: ${remote.address}`, 300),
        remote: remote as MeantRemote | undefined,
    }));
    const none = {
        label: '$(circle-slash) No Repository',
        description: 'teammates are not offered the room',
        remote: undefined,
    };
    return showQuickPick([...rows, none], {
        title: 'Which repository does the session belong to?',
        placeHolder: 'Teammates who open a clone of it are offered the room',
    });
}

export function linkTo(remote: MeantRemote): WorkspaceLink | undefined {
    return linkForRemote(remote.url, randomBytes);
}
