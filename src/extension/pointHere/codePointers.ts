/** Hears the chat's new messages. The rest is loaded when somebody points in code. */
import { createFreshPointers } from '../../core/chat/freshPointers.ts';
import type { ChatMessage } from '../../core/chat/message.ts';
import type { ActionContext } from '../shell/actionContext.ts';
import type { createPointerDesk } from './pointerDesk.ts';

type Desk = ReturnType<typeof createPointerDesk>;

export interface CodePointers {
    desk(): Promise<Desk>;
    /** Gets the newest messages of a room each time that they were read. */
    read(roomId: string, latest: readonly ChatMessage[]): void;
    dispose(): void;
}

export function createCodePointers(context: () => ActionContext): CodePointers {
    const freshIn = createFreshPointers();
    let desk: Promise<Desk> | undefined;
    const open = (): Promise<Desk> =>
        (desk ??= import('./pointerDesk.ts').then(({ createPointerDesk }) => createPointerDesk(context)));
    const show = async (roomId: string, fresh: ReturnType<typeof freshIn>): Promise<void> => {
        const links = context().model.rooms.find((room) => room.roomId === roomId)?.workspaces ?? [];
        const shown = await open();
        await Promise.all(fresh.map((one) => shown.show(one, links)));
    };
    return {
        desk: open,
        read(roomId, latest) {
            const fresh = freshIn(roomId, latest, Date.now());
            if (fresh.length > 0)
                show(roomId, fresh).catch((error: unknown) =>
                    context().log.warn('What somebody points at could not be shown', error),
                );
        },
        dispose: () => void desk?.then((shown) => shown.dispose()),
    };
}
