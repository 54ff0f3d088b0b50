/** Which remote stands for a repository, as git itself decides. Pure. */
import { normaliseRemote } from './workspaceHash.ts';

export interface RepositoryRemotes {
    /** Path of its working tree. */
    readonly root: string;
    /** URLs may contain credentials: never shown and never logged. */
    readonly remotes: readonly { readonly name: string; readonly url: string }[];
    /** Name of the remote that the current branch follows (`branch.<name>.remote`). */
    readonly tracked: string | undefined;
}
export interface MeantRemote {
    readonly root: string;
    readonly name: string;
    /** Normalised: host and path, without credentials. */
    readonly address: string;
    readonly url: string;
}

/** One result: use it. Several: the person must choose. None: no remote means the same on another machine. */
export function remotesMeant(repositories: readonly RepositoryRemotes[]): MeantRemote[] {
    const meant = new Map<string, MeantRemote>();
    for (const repository of repositories)
        for (const remote of ofRepository(repository))
            if (!meant.has(remote.address)) meant.set(remote.address, remote);
    return [...meant.values()];
}

/** The remote of the current branch, else the only one, else `origin` (git-fetch). */
function ofRepository({ root, remotes, tracked }: RepositoryRemotes): MeantRemote[] {
    const usable = remotes.flatMap(({ name, url }): MeantRemote[] => {
        const address = normaliseRemote(url);
        return address === undefined ? [] : [{ root, name, address, url }];
    });
    const chosen = usable.find(({ name }) => name === tracked) ?? usable.find(({ name }) => name === 'origin');
    return chosen ? [chosen] : usable;
}
