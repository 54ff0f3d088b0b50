/** Composes the actions of an account on rooms. */
import type { MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import type { Disposable } from '../../core/base/disposable.ts';
import type { Log } from '../../core/base/log.ts';
import type { RoomsPort } from '../../core/rooms/roomsPort.ts';
import { createCapabilities } from '../requests/serverCapabilities.ts';
import { createRoomActions, type RoomActions } from './roomActions.ts';
import { createAvatars, type AvatarOptions } from './avatar.ts';
import { createJoining } from './joining.ts';
import { lookUpPerson } from './lookUp.ts';
import { createPeople } from './roomPeople.ts';
import { createRoomNews } from './watchRoomNews.ts';
import { createSettings } from './settings.ts';
import { createUpgrade } from './upgrade.ts';

export interface RoomWork {
    readonly actions: RoomActions;
    readonly admin: RoomsPort & Disposable;
}

export interface RoomWorkOptions extends Pick<AvatarOptions, 'server' | 'uploadLimit'> {
    readonly sdk: MatrixClient;
    /** ms */
    readonly now: () => number;
    readonly log: Log;
}

export function createRoomWork({ sdk, now, log, ...media }: RoomWorkOptions): RoomWork {
    const capabilities = createCapabilities(() => sdk.getCapabilities(), now);
    return {
        actions: createRoomActions(sdk, capabilities),
        admin: {
            lookUp: (userId) => lookUpPerson(sdk, userId),
            ...createPeople(sdk),
            ...createJoining(sdk),
            ...createSettings({ sdk, avatars: createAvatars({ sdk, ...media }), log }),
            ...createUpgrade(sdk, capabilities, log),
            ...createRoomNews(sdk),
        },
    };
}
