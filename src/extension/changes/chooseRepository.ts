/**
 * Which repository received changes go to. Only the session's own links make that certain: the words of the sender may
 * not choose where Hush writes. Without them, the person says.
 */
import type { ChangesClaim } from '../../core/changes/changesClaim.ts';
import type { WorkspaceLink } from '../../core/rooms/room.ts';
import { matchesRemote } from '../../core/workspace/workspaceHash.ts';
import { showQuickPick } from '../shell/dialogs.ts';
import { plainText } from '../shell/plainText.ts';
import { hasCommit } from './gitRunner.ts';
import type { OpenRepository } from './openRepositories.ts';

/** `links`: the repositories of the room. Undefined: the person gave up. */
export async function chooseRepository(
    all: readonly OpenRepository[],
    claim: ChangesClaim,
    links: readonly WorkspaceLink[],
): Promise<OpenRepository | undefined> {
    const { workspace, base } = claim;
    const known = await Promise.all(
        all.map(async (repository) => {
            const urls = repository.api.state.remotes.flatMap(({ fetchUrl }) => fetchUrl ?? []);
            const belongs = links.some((link) => urls.some((url) => matchesRemote(link, url)));
            const isNamed = workspace !== null && urls.some((url) => matchesRemote(workspace, url));
            const hasBase = base !== null && (await hasCommit(repository.git, base));
            return { repository, belongs, isNamed, hasBase };
        }),
    );
    const belonging = known.filter(({ belongs }) => belongs);
    const [only, ...more] = belonging;
    if (only && more.length === 0) return only.repository;
    const picked = await showQuickPick(
        known.map(({ repository, belongs, isNamed, hasBase }) => ({
            label: `$(repo) ${plainText(repository.name, 100)}`,
            description: belongs
                ? 'belongs to this session'
                : isNamed
                  ? 'the sender names it'
                  : hasBase
                    ? 'has the commit that the changes start from'
                    : 'not known to this session',
            detail: plainText(repository.git.root, 300),
            repository,
        })),
        {
            title: 'Which repository do these changes go to?',
            placeHolder: belonging.length === 0 ? 'None of them is known to belong to this session' : '',
        },
    );
    return picked?.repository;
}
