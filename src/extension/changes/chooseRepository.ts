/** Which repository received changes go to: that of the session. Where it is not clear, the person says. */
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
    const meant = [...links, ...(claim.workspace ? [claim.workspace] : [])];
    const known = await Promise.all(
        all.map(async (repository) => {
            const urls = repository.api.state.remotes.flatMap(({ fetchUrl }) => fetchUrl ?? []);
            const belongs = meant.some((link) => urls.some((url) => matchesRemote(link, url)));
            const hasBase = claim.base !== null && (await hasCommit(repository.git, claim.base));
            return { repository, belongs, hasBase };
        }),
    );
    const belonging = known.filter(({ belongs }) => belongs);
    const certain = belonging.length > 0 ? belonging : known.filter(({ hasBase }) => hasBase);
    const [only, ...more] = certain;
    if (only && more.length === 0) return only.repository;
    const picked = await showQuickPick(
        known.map(({ repository, belongs, hasBase }) => ({
            label: `$(repo) ${plainText(repository.name, 100)}`,
            description: belongs
                ? 'belongs to this session'
                : hasBase
                  ? 'has the commit that the changes start from'
                  : 'not known to this session',
            detail: plainText(repository.git.root, 300),
            repository,
        })),
        {
            title: 'Which repository do these changes go to?',
            placeHolder: certain.length === 0 ? 'None of them is known to belong to this session' : '',
        },
    );
    return picked?.repository;
}
