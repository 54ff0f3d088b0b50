/** Places and following: tells where we are in the code, and shows where others are. Loaded on demand. */
import * as vscode from 'vscode';
import { DisposableScope, type Disposable } from '../../core/base/disposable.ts';
import { userMessage } from '../../core/base/errors.ts';
import type { MediaPort } from '../../core/session/mediaPort.ts';
import { deviceKey } from '../../core/session/sessionMembers.ts';
import type { PageMessage } from '../../core/share/mediaMessages.ts';
import type { Followed } from '../../core/sideChannel/follow.ts';
import { createRepeat } from '../../core/sideChannel/followers.ts';
import type { SideMessage } from '../../core/sideChannel/sideMessages.ts';
import { createPlaceTeller } from '../../core/sideChannel/tellPlace.ts';
import { contexts } from '../manifest/contexts.ts';
import type { ActionContext } from '../shell/actionContext.ts';
import { after } from '../shell/after.ts';
import { setStatusBarMessage } from '../shell/dialogs.ts';
import { showFailure } from '../shell/failure.ts';
import { plainName } from '../shell/plainText.ts';
import { chooseWhom } from './chooseWhom.ts';
import { createFollowEditor } from './followEditor.ts';
import { openPlace } from './openPlace.ts';
import { createOwnTelling } from './ownTelling.ts';
import { sessionRepositories } from './sessionGit.ts';
import { createSideChannels, type Channel, type Device } from './sideChannels.ts';
import { createTheirPlaces } from './theirPlaces.ts';

/** ms that the status bar says who follows us. */
const SAID_MS = 4_000;

export interface Pairing extends Disposable {
    handle(page: string, generation: number, message: PageMessage): void;
    /** The session or its rooms have changed. */
    update(): void;
    follow(): Promise<void>;
    stopFollowing(): void;
}

export function createPairing(context: ActionContext, media: Pick<MediaPort, 'send'>): Pairing {
    const { log } = context;
    const scope = new DisposableScope();
    const channels = createSideChannels({
        model: () => context.model,
        send: media.send,
        after,
        createTeller: (tell) => createPlaceTeller(after, tell),
        forgotten: (channel) => own.fewer(channel),
    });
    const own = scope.add(createOwnTelling(context, channels));
    const editor = scope.add(
        createFollowEditor({
            log,
            changed(before) {
                for (const page of new Set([before?.page, editor.following?.page]))
                    if (page !== undefined) sayFollowing(page);
                if (editor.following) repeat.start();
                else repeat.stop();
                theirs.look();
            },
        }),
    );
    const theirs = scope.add(createTheirPlaces({ context, channels, editor }));

    /** Tells the channel of this page whom of it we follow. */
    const sayFollowing = (page: string): void => {
        const channel = channels.all.get(page);
        if (!channel) return;
        const { following } = editor;
        const device = following?.page === page ? channel.devices.get(following.device) : undefined;
        channels.send(channel, { type: 'sideChannel.send', message: { type: 'following', device: device ?? null } });
    };
    const repeat = createRepeat(after, () => {
        if (editor.following) sayFollowing(editor.following.page);
    });
    scope.defer(() => repeat.stop());
    const mayFollow = (): void => {
        const some = [...channels.all.values()].some(({ devices }) => devices.size > 0);
        void vscode.commands.executeCommand('setContext', contexts.mayFollow, some);
    };
    const devicesChanged = (channel: Channel, devices: readonly Device[]): void => {
        const before = channel.devices;
        channel.devices = new Map(devices.map((device) => [deviceKey(device), device]));
        for (const device of before.keys()) {
            if (channel.devices.has(device)) continue;
            channel.places.delete(device);
            channel.followers.delete(device);
            editor.tell({ type: 'gone', page: channel.page, device });
        }
        mayFollow();
        own.fewer(channel);
        // The page tells it at each new run of a device, which has heard nothing yet.
        own.again(channel);
        if (editor.following?.page === channel.page) sayFollowing(channel.page);
        theirs.look();
    };
    const received = (channel: Channel, from: Device, message: SideMessage): void => {
        const device = deviceKey(from);
        if (!channel.devices.has(device)) return; // it has left since
        if (message.type === 'place') {
            channel.places.set(device, message.place);
            theirs.look();
        } else if (message.type === 'following') followedBy(channel, from, message.device);
    };
    const followedBy = (channel: Channel, from: Device, whom: Device | null): void => {
        const device = deviceKey(from);
        const { self } = context.model.session;
        if (!self || !whom || deviceKey(self) !== deviceKey(whom)) {
            channel.followers.delete(device);
            return own.fewer(channel);
        }
        if (!channel.followers.heard(device)) return;
        editor.tell({ type: 'followedBy', page: channel.page, device });
        setStatusBarMessage('eye', `${plainName(channels.nameOf(channel, from))} follows you`, SAID_MS);
        own.again(channel);
    };
    const start = (channel: Channel, device: Device): void => {
        const name = channels.nameOf(channel, device);
        const followed: Followed = { page: channel.page, device: deviceKey(device), name };
        editor.start(followed, device.userId);
        theirs.look();
    };
    const action = (channel: Channel, name: string): void => {
        const sharer = channel.sharer === undefined ? undefined : channel.devices.get(channel.sharer);
        if (!sharer) return;
        if (name === 'followSharer') {
            const { following } = editor;
            const isFollowed = following?.page === channel.page && following.device === channel.sharer;
            return isFollowed ? editor.tell({ type: 'acted' }) : start(channel, sharer);
        }
        const place = channel.places.get(deviceKey(sharer));
        if (!place) return;
        sessionRepositories(channel.roomId, context.model)
            .then((repositories) => openPlace(repositories, place, log))
            .catch((error: unknown) => showFailure(userMessage(error, 'Opening the place')));
    };

    return {
        handle(page, generation, message) {
            const channel = channels.of(page, generation);
            if (!channel) return;
            if (message.type === 'sideChannel.devices') devicesChanged(channel, message.devices);
            else if (message.type === 'sideChannel.received') received(channel, message.from, message.message);
            else if (message.type === 'action') action(channel, message.name);
        },
        update() {
            const over = channels.prune();
            if (over.length === 0) return;
            for (const { page } of over) editor.tell({ type: 'gone', page });
            mayFollow();
        },
        async follow() {
            const chosen = await chooseWhom(channels);
            if (chosen) start(chosen.channel, chosen.device);
        },
        stopFollowing: () => editor.tell({ type: 'acted' }),
        dispose: () => scope.dispose(),
    };
}
