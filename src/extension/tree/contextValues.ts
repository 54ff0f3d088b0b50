/** Computes the values for the `when` clauses of the manifest from the model. Pure. */
import { canCallPeople } from '../../core/session/calledPeople.ts';
import { obstacle } from '../../core/rooms/powerLevels.ts';
import { contexts, type ContextKey } from '../manifest/contexts.ts';
import { answerableKnocks } from '../rooms/personRow.ts';
import { refusalOf, type RoomUse } from '../rooms/roomRow.ts';
import type { RoomSnapshot } from '../../core/rooms/room.ts';
import { shareChoices } from '../share/shareChoices.ts';
import type { Model } from '../../core/app/model.ts';

/** The model does not know these: the stored accounts know the one, and what is shown in editors the others. */
type FromElsewhere =
    typeof contexts.otherAccounts | typeof contexts.pointers | typeof contexts.mayFollow | typeof contexts.following;
export type ContextValues = Readonly<Record<Exclude<ContextKey, FromElsewhere>, string | boolean>>;

export function contextValues({ account, rooms, session, workspaceRoomId }: Model): ContextValues {
    const self = session.self?.userId ?? '';
    const joined = rooms.filter((room) => room.membership === 'join');
    const linked = joined.filter((room) => room.roomId === workspaceRoomId);
    const places = linked.length > 0 ? linked : joined;
    const some = (of: readonly RoomSnapshot[], deed: RoomUse): boolean =>
        of.some((room) => refusalOf(room, self, deed) === undefined);
    return {
        [contexts.account]: account.kind,
        [contexts.deviceGone]: account.kind === 'expired' && account.deviceGone,
        [contexts.sharing]: session.share !== undefined,
        [contexts.paused]: session.share?.paused === true,
        [contexts.shielded]: session.share?.shielded !== undefined,
        [contexts.watching]: [...session.viewerTabs.values()].some(
            ({ phase }) => phase !== 'ended' && phase !== 'failed',
        ),
        [contexts.inSession]: session.memberships.size > 0,
        [contexts.linked]: workspaceRoomId !== undefined,
        [contexts.inRoom]: joined.length > 0,
        [contexts.hasRooms]: some(joined, 'chat'),
        [contexts.hasScreens]: shareChoices(rooms, session).length > 0,
        // Without a room, sharing makes a new session.
        [contexts.mayShare]: places.length === 0 || some(places, 'share'),
        [contexts.mayInvite]: some(linked, 'invite'),
        [contexts.mayCall]: canCallPeople(session.share),
        [contexts.mayUpgrade]: joined.some(
            ({ powers }) => powers && obstacle(powers, self, { kind: 'state', type: 'm.room.tombstone' }) === undefined,
        ),
        [contexts.hasInvitations]: rooms.some((room) => room.membership === 'invite'),
        [contexts.hasRequests]: joined.some((room) => answerableKnocks(room, self).length > 0),
        [contexts.hasOwnRequests]: rooms.some((room) => room.membership === 'knock'),
        [contexts.hasReplacedRooms]: joined.some((room) => room.replacement !== undefined),
    };
}
