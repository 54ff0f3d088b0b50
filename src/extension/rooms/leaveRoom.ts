/** **Hush: Leave Room…**: says what gets lost, then leaves the room and forgets it. */
import { isLastManager } from './inside.ts';
import { setStatusBarMessage, showWarningMessage } from '../shell/dialogs.ts';
import { askBeforeLoss } from '../shell/askBeforeLoss.ts';
import { plainName } from '../shell/plainText.ts';
import { waited, withNotification } from '../shell/asking.ts';
import { signedIn, type ActionContext } from '../shell/actionContext.ts';
import { insideOf } from './insideRoom.ts';
import { showPeople } from './peopleInRoom.ts';
import { roomForCommand, type RoomArgument } from './pickRoom.ts';

const WARNINGS = {
    no: [],
    yes: ['Nobody who stays may change roles or settings: give somebody your role first.'],
    perhaps: [
        'Your homeserver did not say who else is in it. If nobody who stays has your role, nobody can change roles or settings any more.',
    ],
} as const;

export async function leaveRoom(context: ActionContext, argument: RoomArgument): Promise<void> {
    const { account } = signedIn(context);
    const roomId = await roomForCommand(context, argument, 'Leave which room?');
    const room = context.model.rooms.find((r) => r.roomId === roomId && r.membership === 'join');
    if (!room) return;
    const inside = await withNotification('Looking who stays in the room…', () => insideOf(account, room));
    if (!inside) return;
    const manager = isLastManager(room.powers, account.userId, inside);
    const lines = [
        'You need a new invitation to come back, and read nothing that is written meanwhile.',
        ...WARNINGS[manager],
        ...(context.model.session.share?.roomId === room.roomId ? ['Your share in it ends.'] : []),
    ];
    const [people, leave] = ['People in This Room…', 'Leave'] as const;
    const [question, detail] = [`Leave ${plainName(room.name)}?`, lines.join('\n\n')];
    const chosen =
        manager === 'no'
            ? await showWarningMessage(question, { modal: true, detail }, leave)
            : await askBeforeLoss(question, detail, people, leave);
    if (chosen === people) return showPeople(context, room.roomId);
    if (chosen !== leave) return;
    if (!(await waited(`Leaving ${plainName(room.name)}…`, () => account.leaveRoom(room.roomId)))) return;
    setStatusBarMessage('sign-out', `You left ${room.name}`, 5_000);
}

/** `row`: the row of a room that we asked to be let in to. */
export async function withdrawKnock(context: ActionContext, row: unknown): Promise<void> {
    const { account } = signedIn(context);
    const roomId = typeof row === 'string' ? /^knocking:(!.+)$/u.exec(row)?.[1] : undefined;
    const room = context.model.rooms.find((r) => r.roomId === roomId && r.membership === 'knock');
    if (room) await account.leaveRoom(room.roomId);
}
