/** What an account does to rooms, put together. */
import type { MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import type { Disposable } from '../../extension/lifecycle.ts';
import type { Log } from '../../extension/log.ts';
import type { RoomsPort } from '../../extension/rooms/roomsPort.ts';
import { createCapabilities } from '../capabilities.ts';
import { createRoomActions, type RoomActions } from '../roomActions.ts';
import { createAvatars, type AvatarOptions } from './avatar.ts';
import { createJoining } from './joining.ts';
import { lookUpPerson } from './lookUp.ts';
import { createPeople } from './people.ts';
import { createRoomNews } from './roomNews.ts';
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
