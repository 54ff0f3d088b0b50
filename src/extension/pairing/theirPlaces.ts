/** Shows where others are: as the line in a viewer's tab, and in the editor that follows them. */
import * as vscode from 'vscode';
import { DisposableScope, type Disposable } from '../../core/base/disposable.ts';
import { placeLine, type PlaceLine } from '../../core/sideChannel/placeWords.ts';
import type { Place } from '../../core/sideChannel/sideMessages.ts';
import { gitApi, type GitRepository } from '../workspace/git.ts';
import type { ActionContext } from '../shell/actionContext.ts';
import { plainName } from '../shell/plainText.ts';
import type { FollowEditor } from './followEditor.ts';
import { newestOnly } from './newestOnly.ts';
import { findPlace, type FoundPlace } from './openPlace.ts';
import { relationTo, sessionRepositories } from './sessionGit.ts';
import type { Channel, SideChannels } from './sideChannels.ts';

export interface TheirPlaces extends Disposable {
    /** Something may have changed: a place, who is followed, or our repository. */
    look(): void;
}

interface Options {
    readonly context: ActionContext;
    readonly channels: SideChannels;
    readonly editor: FollowEditor;
}

interface Remembered<T> {
    readonly key: string;
    readonly value: T;
}

export function createTheirPlaces({ context, channels, editor }: Options): TheirPlaces {
    const scope = new DisposableScope();
    const watched = new Set<GitRepository>();
    /** What each page was told last, as JSON. */
    const shown = new WeakMap<Channel, string>();
    /** By "page device". Asking Git and the disk again for each line would be slow. */
    const found = new Map<string, Remembered<FoundPlace | undefined>>();
    const relations = new Map<string, Remembered<Awaited<ReturnType<typeof relationTo>>>>();
    let followedPlace = '';

    const forget = (): void => {
        found.clear();
        relations.clear();
        look();
    };
    const watch = (repositories: readonly GitRepository[]): void => {
        for (const repository of repositories) {
            if (watched.has(repository)) continue;
            watched.add(repository);
            scope.add(repository.state.onDidChange(forget));
        }
    };
    const find = async (channel: Channel, device: string, place: Place): Promise<FoundPlace | undefined> => {
        const slot = `${channel.page} ${device}`;
        const known = found.get(slot);
        if (known?.key === place.path) return known.value;
        const repositories = await sessionRepositories(channel.roomId, context.model);
        watch(repositories);
        const value = await findPlace(repositories, place, context.log);
        found.set(slot, { key: place.path, value });
        return value;
    };
    const relation = async (channel: Channel, device: string, place: Place) => {
        const slot = `${channel.page} ${device}`;
        const repositories = await sessionRepositories(channel.roomId, context.model);
        watch(repositories);
        const repository = (await find(channel, device, place))?.repository ?? repositories[0];
        const key = JSON.stringify([repository?.rootUri.path, repository?.state.HEAD?.commit, place.commit]);
        const known = relations.get(slot);
        if (known?.key === key) return known.value;
        const value = await relationTo(repository, place.commit);
        relations.set(slot, { key, value });
        return value;
    };
    const lineOf = async (channel: Channel, sharer: string): Promise<PlaceLine | null> => {
        const device = channel.devices.get(sharer);
        const place = channel.places.get(sharer);
        if (!device || place === undefined) return null;
        const who = plainName(channels.nameOf(channel, device));
        return placeLine(who, place, place ? await relation(channel, sharer, place) : { kind: 'unknown' });
    };
    const showLine = async (channel: Channel): Promise<void> => {
        const { sharer } = channel;
        if (sharer === undefined) return;
        const line = await lineOf(channel, sharer);
        const following = editor.following?.page === channel.page && editor.following.device === sharer;
        const message = { type: 'view.place', line, following } as const;
        const text = JSON.stringify(message);
        if ((shown.get(channel) ?? JSON.stringify({ type: 'view.place', line: null, following: false })) === text)
            return;
        shown.set(channel, text);
        channels.send(channel, message);
    };
    const followOn = async (): Promise<void> => {
        const { following } = editor;
        const channel = following && channels.all.get(following.page);
        const place = following && channel?.places.get(following.device);
        if (!following || !channel || place === undefined) return void (followedPlace = '');
        const text = JSON.stringify([following.page, following.device, place]);
        if (text === followedPlace) return;
        followedPlace = text;
        const there = place && (await find(channel, following.device, place));
        if (editor.following?.device === following.device)
            editor.show(place && there ? { uri: there.uri, place } : undefined);
    };
    const failed = (error: unknown): void => context.log.warn('a place could not be shown', error);
    /** What fails for one channel must not hide the others. */
    const look = newestOnly(async () => {
        await followOn().catch(failed);
        for (const channel of channels.all.values()) await showLine(channel).catch(failed);
    }, failed);
    scope.add(vscode.workspace.onDidChangeWorkspaceFolders(forget));
    scope.add(vscode.workspace.onDidGrantWorkspaceTrust(forget));
    gitApi().then(
        (api) => api && scope.add(api.onDidOpenRepository(forget)),
        (error: unknown) => context.log.warn('Git could not be watched', error),
    );
    return { look, dispose: () => scope.dispose() };
}
