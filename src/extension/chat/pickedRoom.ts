/** The room that the person picked for the chat of this workspace, instead of the workspace's own. */
import type { Model } from '../../core/app/model.ts';
import type { ChatMemory } from '../../core/chat/personChat.ts';

export function pickedRoom(memory: ChatMemory, model: Model | undefined): string | undefined {
    const room = model?.account.kind === 'ready' ? memory.get(model.account.userId, 'picked') : undefined;
    return typeof room === 'string' ? room : undefined;
}

/** Undefined: the workspace's room again. */
export function pickRoom(memory: ChatMemory, model: Model | undefined, roomId: string | undefined): void {
    if (model?.account.kind !== 'ready') return;
    memory.set(model.account.userId, 'picked', roomId === model.workspaceRoomId ? undefined : roomId);
}
