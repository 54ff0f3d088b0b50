/** Tells our place to the devices that may hear it: of our own share, and those that follow us. */
import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/disposable.ts';
import { toTell } from '../../core/sideChannel/tellPlace.ts';
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
    const reader = createOwnPlaceReader(() => look(), context.log);
    const mayBeTold = ({ sharer, devices, followers }: Channel): boolean =>
        sharer === undefined ? devices.size > 0 : followers.size > 0;
    const look = newestOnly(
        async () => {
            const level = placeLevelSetting(context.configuration());
            if (![...channels.all.values()].some(mayBeTold)) return;
            const found = level === 'nothing' || !vscode.workspace.isTrusted ? undefined : await reader.read();
            for (const channel of [...channels.all.values()].filter(mayBeTold)) {
                const isTheirs = found && belongs(found.repository, channel.roomId, context.model);
                channel.teller.update(isTheirs ? toTell(found.place, level) : null);
            }
        },
        (error) => {
            context.log.warn('the place could not be read', error);
            for (const { teller } of channels.all.values()) teller.update(null);
        },
    );
    return {
        again(channel) {
            if (mayBeTold(channel)) channel.teller.again();
            look();
        },
        fewer(channel) {
            if (!mayBeTold(channel)) channel.teller.update(null);
        },
        dispose: () => reader.dispose(),
    };
}
