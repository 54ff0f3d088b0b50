/**
 * Chooses the room of the chat: the one that was picked in this workspace, else the workspace's room, else the only
 * room. Pure.
 */
import { whyNotWrite } from '../rooms/roomRow.ts';
import type { Model } from '../../core/app/model.ts';
import type { ChatRoom } from '../../core/chat/chatRoom.ts';

export function chatRoomOf(model: Model, picked: string | undefined): ChatRoom | undefined {
    const { account } = model;
    if (account.kind !== 'ready') return undefined;
    const find = (roomId: string | undefined): Model['rooms'][number] | undefined =>
        model.rooms.find((room) => room.roomId === roomId && room.membership === 'join');
    const [only, ...more] = model.rooms.filter(({ membership, encrypted }) => membership === 'join' && encrypted);
    const room = find(picked) ?? find(model.workspaceRoomId) ?? (more.length === 0 ? only : undefined);
    if (!room) return undefined;
    const self = room.members.find((member) => member.userId === account.userId);
    return {
        roomId: room.roomId,
        name: room.name,
        barred: barredOf(room, account.userId),
        mayReact: room.encrypted && whyNotWrite(room, account.userId, 'reaction') === undefined,
        self: { userId: account.userId, name: (self?.name ?? account.userId).slice(0, 400) },
        online: account.online,
    };
}

function barredOf(room: Model['rooms'][number], self: string): string | null {
    if (!room.encrypted) return 'This room is not encrypted: Hush does not write in it.';
    const why = whyNotWrite(room, self, 'message');
    return why === undefined ? null : `You cannot write here. ${why}`;
}
