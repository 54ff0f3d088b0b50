/** "Send Changes…": sends changes of a repository to a session, after the person has seen what will go. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { newClaim, type ChangesClaim } from '../../core/changes/changesClaim.ts';
import { filesOf, totalsOf } from '../../core/changes/cardOf.ts';
import { linesWords, totalsWords } from '../../core/changes/changesCard.ts';
import { pathsOf } from '../../core/changes/patch.ts';
import { readSecretRule } from '../../core/shield/secretFiles.ts';
import { remotesMeant } from '../../core/workspace/remotesMeant.ts';
import { linkForRemote } from '../../core/workspace/workspaceHash.ts';
import { secretPatterns } from '../manifest/config.ts';
import { roomForCommand, roomIdOf, type RoomArgument } from '../rooms/pickRoom.ts';
import { signedIn, type ActionContext } from '../shell/actionContext.ts';
import { showInformationMessage, showQuickPick, showWarningMessage, withProgress } from '../shell/dialogs.ts';
import { plainName, plainText } from '../shell/plainText.ts';
import { repositoriesOf } from '../workspace/git.ts';
import { createChangesDocuments, type ChangesDocuments } from './changesDocuments.ts';
import { chooseSource } from './chooseSource.ts';
import { collect, patchText, type Collected } from './collect.ts';
import { assertRepositories, hasTrust, unsavedIn, type OpenRepository } from './openRepositories.ts';

/** Files and commits in the question. The patch has all of them. */
const MAX_NAMED = 12;

/** `row`: the row of a room in the tree. `argument`: the repository, if VS Code's Source Control view runs this. */
export async function sendChanges(context: ActionContext, row: RoomArgument, argument: unknown): Promise<void> {
    signedIn(context);
    if (!(await hasTrust('Sending changes'))) return;
    const all = await assertRepositories();
    const roomId =
        roomIdOf(row) ??
        context.model.workspaceRoomId ??
        (await roomForCommand(context, undefined, 'Send Changes to Which Session?'));
    if (roomId === undefined) return;
    context.chat.assertWritable(roomId);
    const repository = ofSourceControl(all, argument) ?? (await pickRepository(all));
    const source = repository && (await chooseSource(repository));
    if (!repository || !source) return;
    const progress = { location: vscode.ProgressLocation.Window, title: 'Reading the changes' };
    const collected = await withProgress(progress, () => collect(repository.git, source));
    const claim = await claimOf(context, repository, collected);
    if (!(await confirmed(context, roomId, repository, collected, claim))) return;
    const base = collected.base === null ? 'new' : collected.base.slice(0, 8);
    const name = `${repository.name}-${claim.branch ?? 'detached'}-${base}.patch`.replaceAll(
        /[^\p{L}\p{N}._-]+/gu,
        '-',
    );
    await context.chat.sendBytes(collected.bytes, name, { roomId, text: true, changes: claim });
}

function ofSourceControl(all: readonly OpenRepository[], argument: unknown): OpenRepository | undefined {
    if (typeof argument !== 'object' || argument === null || !('rootUri' in argument)) return undefined;
    const { rootUri } = argument;
    return rootUri instanceof vscode.Uri
        ? all.find(({ api }) => api.rootUri.toString() === rootUri.toString())
        : undefined;
}

async function pickRepository(all: readonly OpenRepository[]): Promise<OpenRepository | undefined> {
    if (all.length <= 1) return all[0];
    const picked = await showQuickPick(
        all.map((repository) => ({
            label: `$(repo) ${plainText(repository.name, 100)}`,
            description: plainText(repository.git.root, 300),
            repository,
        })),
        { title: 'Send Changes', placeHolder: 'Of which repository?' },
    );
    return picked?.repository;
}

async function claimOf(
    { log }: ActionContext,
    { git, api }: OpenRepository,
    { kind, base, patch }: Collected,
): Promise<ChangesClaim> {
    const author = await git.try(['config', '--get', 'user.name']);
    const [remote] = remotesMeant(await repositoriesOf([api.rootUri], log));
    return newClaim({
        kind,
        base,
        branch: api.state.HEAD?.name ?? null,
        author: author.status === 0 ? author.out.toString().trim() : '',
        ...totalsOf(patch),
        workspace: (remote && linkForRemote(remote.url, randomBytes)) ?? null,
    });
}

/** The person may look at the whole patch first. */
async function confirmed(
    context: ActionContext,
    roomId: string,
    repository: OpenRepository,
    collected: Collected,
    claim: ChangesClaim,
): Promise<boolean> {
    const room = context.model.rooms.find((one) => one.roomId === roomId);
    const rule = readSecretRule(secretPatterns(vscode.workspace.getConfiguration()));
    const secrets = pathsOf(collected.patch.files).filter((path) => rule.matches(path));
    const [send, look] = [secrets.length > 0 ? 'Send with Secrets' : 'Send', 'Show Patch'];
    const ask = secrets.length > 0 ? showWarningMessage : showInformationMessage;
    const question = `Send these changes to ${plainName(room?.name ?? 'the session')}?`;
    const detail = detailOf(repository, collected, claim, secrets);
    const chosen = await ask(question, { modal: true, detail }, send, look);
    if (chosen !== look) return chosen === send;
    const documents = createChangesDocuments();
    try {
        await showPatch(documents, collected);
        // This one leaves the editor free.
        return (await ask(`${question} ${totalsWords(totalsOf(collected.patch))}`, send)) === send;
    } finally {
        documents.dispose();
    }
}

async function showPatch(documents: ChangesDocuments, collected: Collected): Promise<void> {
    const document = await vscode.workspace.openTextDocument(
        documents.add('Changes to Send.diff', patchText(collected)),
    );
    await vscode.window.showTextDocument(document, { preview: true });
}

function detailOf(
    { name, git }: OpenRepository,
    { kind, patch, base }: Collected,
    claim: ChangesClaim,
    secrets: readonly string[],
): string {
    const from = base === null ? 'before the first commit' : `from commit ${base.slice(0, 8)}`;
    const branch = claim.branch === null ? 'no branch' : claim.branch;
    const unsaved = kind === 'working' ? unsavedIn(git.root, undefined) : [];
    const files = filesOf(patch.files).map(
        ({ path, note, ...lines }) => `${path}  ${linesWords(lines)}${note === '' ? '' : ` (${note})`}`,
    );
    const paragraphs = [
        [`${totalsWords(totalsOf(patch))}, ${from} of ${name} (${branch}).`],
        secrets.length > 0 ? [`Possible secrets are among them: ${some(secrets).join(', ')}.`] : [],
        unsaved.length > 0
            ? [
                  `Not saved, so not sent: ${some(unsaved.map(({ uri }) => vscode.workspace.asRelativePath(uri))).join(', ')}.`,
              ]
            : [],
        some(patch.commits.map(({ subject, id }) => `${id.slice(0, 8)} ${subject}`)),
        some(files),
        ['They are encrypted. Everybody in the session can read and apply them.'],
    ];
    return paragraphs
        .filter((lines) => lines.length > 0)
        .map((lines) => lines.join('\n'))
        .join('\n\n');
}

function some(all: readonly string[]): string[] {
    return all.length > MAX_NAMED ? [...all.slice(0, MAX_NAMED), `and ${all.length - MAX_NAMED} more`] : [...all];
}
