/** What Git knows about the repositories that a session belongs to, in this window. */
import * as vscode from 'vscode';
import type { Model } from '../../core/app/model.ts';
import type { CommitRelation } from '../../core/sideChannel/placeWords.ts';
import { matchesRemote } from '../../core/workspace/workspaceHash.ts';
import { gitApi, type GitRepository } from '../workspace/git.ts';

/**
 * A session belongs to the repositories that its room is linked to. If the room is linked to none, those of the
 * workspace that is mapped to the room.
 */
export function belongs(repository: GitRepository, roomId: string, model: Model): boolean {
    const links = model.rooms.find((room) => room.roomId === roomId)?.workspaces ?? [];
    if (links.length === 0) return model.workspaceRoomId === roomId && isOfWorkspace(repository);
    return repository.state.remotes.some(({ fetchUrl }) =>
        links.some((link) => fetchUrl !== undefined && matchesRemote(link, fetchUrl)),
    );
}

export async function sessionRepositories(roomId: string, model: Model): Promise<readonly GitRepository[]> {
    return ((await gitApi())?.repositories ?? []).filter((repository) => belongs(repository, roomId, model));
}

/** Git also opens repositories of files outside of the workspace. */
function isOfWorkspace({ rootUri }: GitRepository): boolean {
    const inside = (inner: string, outer: string): boolean => `${inner}/`.startsWith(`${outer.replace(/\/$/u, '')}/`);
    return (vscode.workspace.workspaceFolders ?? []).some(
        ({ uri }) => inside(uri.path, rootUri.path) || inside(rootUri.path, uri.path),
    );
}

/** More commits are not counted one by one. */
const MAX_COMMITS = 1_000;

/** How their commit stands to ours. */
export async function relationTo(
    repository: GitRepository | undefined,
    theirs: string | null,
): Promise<CommitRelation> {
    if (!repository) return { kind: 'noCheckout' };
    const ours = repository.state.HEAD?.commit;
    if (ours === undefined || theirs === null) return { kind: 'unknown' };
    if (ours === theirs) return { kind: 'same' };
    let base: string | undefined;
    try {
        await repository.getCommit(theirs);
        base = await repository.getMergeBase(ours, theirs);
    } catch {
        return { kind: 'unknown' }; // we do not have their commit
    }
    if (base !== ours && base !== theirs) return { kind: 'diverged' };
    const range = base === ours ? `${ours}..${theirs}` : `${theirs}..${ours}`;
    const { length } = await repository.log({ range, maxEntries: MAX_COMMITS });
    return { kind: base === ours ? 'ahead' : 'behind', commits: length };
}
