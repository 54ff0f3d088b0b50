/** Tells our place to the devices that may hear it: of our own share, and those that follow us. */
import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/disposable.ts';
import { toTell, type PlaceLevel } from '../../core/sideChannel/tellPlace.ts';
import { placeLevelSetting } from '../manifest/config.ts';
import type { ActionContext } from '../shell/actionContext.ts';
import { newestOnly } from './newestOnly.ts';
import { createOwnPlaceReader } from './ownPlace.ts';
import { belongs } from './sessionGit.ts';
import type { Channel, SideChannels } from './sideChannels.ts';

export interface OwnTelling extends Disposable {
    /** A device has come that has not heard our place. */
    again(channel: Channel): void;
    /** A device has left, or follows us no longer. */
    fewer(channel: Channel): void;
}

export function createOwnTelling(context: ActionContext, channels: SideChannels): OwnTelling {
    /** Channels with a device that has not heard our place. */
    const newcomers = new WeakSet<Channel>();
    const reader = createOwnPlaceReader(() => look(), context.log);
    const mayBeTold = ({ sharer, devices, followers }: Channel): boolean =>
        sharer === undefined ? devices.size > 0 : followers.size > 0;
    const look = newestOnly(
        async () => {
            const level = (): PlaceLevel => placeLevelSetting(context.configuration());
            if (![...channels.all.values()].some(mayBeTold)) return;
            const found = level() === 'nothing' || !vscode.workspace.isTrusted ? undefined : await reader.read();
            for (const channel of [...channels.all.values()].filter(mayBeTold)) {
                const isTheirs = found && belongs(found.repository, channel.roomId, context.model);
                // The setting may have changed during the reading.
                const place = isTheirs ? toTell(found.place, level()) : null;
                if (newcomers.delete(channel)) channel.teller.again(place);
                else channel.teller.update(place);
            }
        },
        (error) => {
            context.log.warn('the place could not be read', error);
            for (const { teller } of channels.all.values()) teller.update(null);
        },
    );
    return {
        again(channel) {
            if (!mayBeTold(channel)) return;
            // The place is read first: what was told before may be more than the setting allows now.
            newcomers.add(channel);
            look();
        },
        fewer(channel) {
            if (!mayBeTold(channel)) channel.teller.update(null);
        },
        dispose: () => reader.dispose(),
    };
}
