/** Reacts when an account opens, and when somebody invites or calls. */
import { isSuccessor } from '../../core/workspace/workspaceRooms.ts';
import { showInvite } from '../rooms/showInvite.ts';
import { watchRooms } from '../rooms/watchRooms.ts';
import { answerRing } from '../share/callCommands.ts';
import { followPresence } from '../shell/followPresence.ts';
import { watchTrust } from '../trust/watchTrust.ts';
import type { AccountParts } from './accountParts.ts';
import type { Foundation } from './foundation.ts';
import type { ViewParts } from './viewParts.ts';

export function followAccount(
    { scope, log }: Foundation,
    { app, sessionGlare, opened, invited, rang }: AccountParts,
    { actions, joins }: ViewParts,
): void {
    scope.add(
        opened.add((account, accountScope) => {
            accountScope.add(watchTrust(actions, account));
            accountScope.add(watchRooms(account, log));
            accountScope.add(followPresence(account.presence));
        }),
    );
    scope.add(
        invited.add((room) => {
            // Ask now: after the check, the invitation may be accepted already.
            const awaited = joins.awaits(room.roomId);
            void sessionGlare
                .check()
                .then(() =>
                    awaited || sessionGlare.settles(room.roomId) || isSuccessor(app.model.rooms, room)
                        ? undefined
                        : showInvite(room),
                );
        }),
    );
    scope.add(rang.add((call, room) => void answerRing(actions, call, room)));
}
