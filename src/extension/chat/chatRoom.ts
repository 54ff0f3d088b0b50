/** Which room the chat is of: the one that was picked in this window, else the workspace's, else the only one. Pure. */
import type { Model } from '../views/viewModel.ts';
import type { ChatRoom } from './chatSession.ts';

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
        encrypted: room.encrypted,
        self: { userId: account.userId, name: (self?.name ?? account.userId).slice(0, 128) },
        online: account.online,
    };
}
