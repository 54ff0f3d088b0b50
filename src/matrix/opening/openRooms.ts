/** The account's rooms: their members and state, their chat and files, and the actions on them. */
import { createConversations, type Conversations } from '../chat/conversations.ts';
import { createRooms, type Rooms } from '../rooms/accountRooms.ts';
import { createPresence, type OwnPresence } from '../rooms/presence.ts';
import { createRoomWork, type RoomWork } from '../rooms/roomAdmin.ts';
import type { Homeserver } from './openHomeserver.ts';
import type { OpenSession } from './openSession.ts';

export interface OpenRooms {
    readonly rooms: Rooms;
    readonly presence: OwnPresence;
    readonly conversations: Conversations;
    readonly roomWork: RoomWork;
    dispose(): void;
}

export function openRooms({ client, sdk, baseUrl, requests, now, log }: Homeserver, { rtc }: OpenSession): OpenRooms {
    const rooms = createRooms({
        sdk,
        rtcMembers: (roomId) => rtc.members(roomId),
        onRtc: (listener) => rtc.onMembers(listener),
        log,
    });
    const look = (roomId: string): void => void client.look(roomId).then(() => rooms.look(roomId));
    const presence = createPresence({ sdk, look, log });
    const conversations = createConversations({ client, baseUrl, fetch: requests, now, log });
    const media = { server: { baseUrl, fetch: requests }, uploadLimit: () => conversations.files.limit() };
    const roomWork = createRoomWork({ sdk, now, log, ...media });
    return {
        rooms,
        presence,
        conversations,
        roomWork,
        dispose() {
            conversations.dispose();
            presence.dispose();
            roomWork.admin.dispose();
            rooms.dispose();
        },
    };
}
