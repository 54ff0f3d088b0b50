/** Asks which changes to send: of the working tree, staged, or commits. */
import type * as vscode from 'vscode';
import { countWords } from '../../core/changes/changesCard.ts';
import { HushError } from '../../core/base/errors.ts';
import { MAX_COMMITS } from '../../core/changes/patch.ts';
import { showQuickPick } from '../shell/dialogs.ts';
import { plainText } from '../shell/plainText.ts';
import type { GitCommit } from '../workspace/git.ts';
import type { Source } from './collect.ts';
import { headOf } from './gitRunner.ts';
import type { OpenRepository } from './openRepositories.ts';

/** Commits that are offered when no upstream branch says which are new. */
const MAX_OFFERED = 30;

/** Undefined: the person gave up. @throws HushError `changes.nothing`. */
export async function chooseSource(repository: OpenRepository): Promise<Source | undefined> {
    await repository.api.status();
    const { state } = repository.api;
    const inTree = state.workingTreeChanges.length + (state.untrackedChanges?.length ?? 0);
    const staged = state.indexChanges.length;
    const commits = await commitsOf(repository);
    const rows: (vscode.QuickPickItem & { readonly source: Source['kind'] })[] = [];
    if (inTree + staged > 0)
        rows.push({
            label: '$(edit) Working Tree',
            description: `all changes since the last commit, with new files`,
            source: 'working',
        });
    if (staged > 0)
        rows.push({ label: '$(checklist) Staged Changes', description: countWords(staged, 'file'), source: 'staged' });
    if (commits.list.length > 0)
        rows.push({
            label: '$(git-commit) Last Commits…',
            description: commits.ahead ? `${commits.list.length} not pushed` : '',
            source: 'commits',
        });
    if (rows.length === 0)
        throw new HushError(
            'changes.nothing',
            `There is nothing to send: ${repository.name} has no changes and no commits.`,
        );
    const picked = await showQuickPick(rows, { title: 'Send Changes', placeHolder: 'Which changes?' });
    if (!picked) return undefined;
    return picked.source === 'commits' ? chooseCount(commits.list) : { kind: picked.source };
}

async function commitsOf({ git, api }: OpenRepository): Promise<{ list: readonly GitCommit[]; ahead: boolean }> {
    if ((await headOf(git)) === undefined) return { list: [], ahead: false };
    const { upstream, ahead = 0 } = api.state.HEAD ?? {};
    if (upstream && ahead > 0) {
        const range = `${upstream.remote}/${upstream.name}..HEAD`;
        return { list: await api.log({ maxEntries: MAX_COMMITS, range }), ahead: true };
    }
    return { list: await api.log({ maxEntries: MAX_OFFERED }), ahead: false };
}

/** Commits go as a series: the chosen one and all after it. */
async function chooseCount(commits: readonly GitCommit[]): Promise<Source | undefined> {
    const picked = await showQuickPick(
        commits.map(({ message, hash, authorName = '' }, index) => ({
            label: `$(git-commit) ${plainText(message.split('\n')[0] ?? '', 120)}`,
            description: plainText(`${hash.slice(0, 8)} ${authorName}`, 120),
            count: index + 1,
        })),
        { title: 'Send Last Commits', placeHolder: 'Since which commit? It is sent with all that came after it' },
    );
    return picked && { kind: 'commits', count: picked.count };
}
