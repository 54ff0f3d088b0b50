/** Joins by a link in this window: keeps the wish and follows it. The dialogs are loaded on first use. */
import type { Memento } from 'vscode';
import type { ActionContext } from '../shell/actionContext.ts';
import { openViewerTab } from '../share/shareCommands.ts';
import type { Log } from '../../core/base/log.ts';
import { shareChoices, type ShareChoice } from '../share/shareChoices.ts';
import { createWishFollower, type WishFollower } from './followWish.ts';
import { createJoinWishes, type JoinWishes } from '../../core/rooms/joinWishes.ts';

export interface JoinsOptions {
    /** The memento of the workspace. A window that reloads finds its wish again; other windows do not. */
    readonly memento: Memento;
    context(): ActionContext;
    /** An operation is over. The model may now allow the next move. */
    changed(): void;
    readonly log: Log;
}

export interface Joins extends WishFollower {
    readonly wishes: JoinWishes;
    linkOnceLive(roomId: string, shareId: string): void;
    /** See `Joining`. */
    viewIn(roomId: string): (() => void) | undefined;
    /** Asks again if a question was open before the window reloaded. Never rejects. */
    resume(): Promise<void>;
}

export function createJoins({ memento, context, changed, log }: JoinsOptions): Joins {
    const dialogs = () => import('../rooms/roomCommands.ts');
    const wishes = createJoinWishes(memento, Date.now, (error) => log.warn('the wish to join was not kept', error));
    const screens = (roomId: string): readonly ShareChoice[] => {
        const { model, orchestrator } = context();
        const rooms = model.rooms.filter((room) => room.roomId === roomId);
        return orchestrator ? shareChoices(rooms, orchestrator.state) : [];
    };
    const viewIn = (roomId: string): (() => void) | undefined => {
        const [screen] = screens(roomId);
        return screen && (() => openViewerTab(context(), screen.target));
    };
    const goOn = async (): Promise<void> => (await dialogs()).resumeJoin(context());
    const follower = createWishFollower({
        wishes,
        shares: (roomId) => screens(roomId).length > 0,
        goOn,
        accept: async (roomId) => (await dialogs()).takeAnswer(context(), roomId),
        view: (roomId) => viewIn(roomId)?.(),
        changed,
        log,
    });
    return {
        get busy() {
            return follower.busy;
        },
        during: follower.during,
        awaits: follower.awaits,
        answered: follower.answered,
        update: follower.update,
        wishes,
        viewIn,
        linkOnceLive(roomId, shareId) {
            dialogs()
                .then(({ copyLinkWhenLive }) => copyLinkWhenLive(context(), roomId, shareId))
                .catch((error: unknown) => log.warn('the link of a new session was not copied', error));
        },
        async resume() {
            // If the person opened a link meanwhile, that link is handled already.
            const step = follower.busy ? undefined : wishes.wish?.step;
            if (step === 'opened' || step === 'agreed') await follower.during(goOn);
        },
    };
}
