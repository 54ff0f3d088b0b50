/** Binds the commands about rooms and people to their actions. A bundle of its own, loaded on first use. */
import { commands, type RoomCommandId } from '../manifest/commands.ts';
import { HushError } from '../../core/base/errors.ts';
import { admit, deny } from './answerKnock.ts';
import type { ActionContext } from '../shell/actionContext.ts';
import { copyJoinLink } from './copyJoinLink.ts';
import { copyMyId } from '../account/copyMyId.ts';
import { createRoom } from './createRoom.ts';
import { followUpgrade } from './followUpgrade.ts';
import { ignoredPeople, setIgnored } from './ignoredPeople.ts';
import { acceptInvite, declineInvite, inviteTeammate } from './invitations.ts';
import { joinByLink, resumeJoin, takeAnswer } from './joinByLink.ts';
import { leaveRoom, withdrawKnock } from './leaveRoom.ts';
import { showPeople } from './peopleInRoom.ts';
import { banPerson, changeRole, isPersonRow, personOfRow, removePerson, type PersonInRoom } from './personActions.ts';
import { roomIdOf, type RoomArgument } from './pickRoom.ts';
import { copyLinkWhenLive, startSessionAndCopyLink } from './startAndCopyLink.ts';
import { tellRoomNews } from './showRoomNews.ts';
import { roomSettings } from './roomSettings.ts';
import { askForAnswer, askForInvitation, askForOwnRequest, askForReplaced, askForRequest } from './askForSubject.ts';
import { upgradeRoom } from './upgradeRoom.ts';

/** `room`: turns an argument from VS Code into a room, or nothing. */
export function roomCommands(
    context: ActionContext,
    room: (run: (context: ActionContext, argument: RoomArgument) => unknown) => (argument: unknown) => unknown,
): Readonly<Record<RoomCommandId, (argument: unknown) => unknown>> {
    const person =
        (run: (context: ActionContext, person: PersonInRoom) => Promise<void>) =>
        async (argument: unknown): Promise<void> => {
            const row = typeof argument === 'string' && isPersonRow(argument) ? argument : undefined;
            if (row === undefined) return showPeople(context, undefined);
            const found = personOfRow(context, row);
            if (!found) throw new HushError('room.notFound', 'This person is not in the room any more.');
            await run(context, found);
        };
    type Ask = (context: ActionContext, title: string) => Promise<string | undefined>;
    type Run = (context: ActionContext, argument: string | undefined) => Promise<void>;
    const orAsked = (run: Run, ask: Ask, title: string) =>
        room(async (_, argument) => run(context, roomIdOf(argument) ?? (await ask(context, title))));
    /** Like `orAsked`, but passes on the whole row, which names more than a room. */
    const rowOrAsked = (run: Run, ask: Ask, title: string) => async (argument: unknown) =>
        run(context, typeof argument === 'string' ? argument : await ask(context, title));
    const join = orAsked(acceptInvite, askForInvitation, 'Join Invitation');
    const decline = orAsked(declineInvite, askForInvitation, 'Decline Invitation');
    const withdraw = rowOrAsked(withdrawKnock, askForOwnRequest, 'Withdraw Request to Join');
    const follow = orAsked(followUpgrade, askForReplaced, 'Continue in New Room');
    return {
        [commands.startSessionAndCopyLink]: () => startSessionAndCopyLink(context),
        [commands.copyMyId]: () => copyMyId(context),
        [commands.inviteTeammate]: room(inviteTeammate),
        [commands.acceptInvite]: join,
        [commands.declineInvite]: decline,
        [commands.joinInvitation]: join,
        [commands.declineInvitation]: decline,
        [commands.people]: room(showPeople),
        [commands.changeRole]: person(changeRole),
        [commands.removePerson]: person(removePerson),
        [commands.banPerson]: person(banPerson),
        [commands.ignorePerson]: person((_, found) => setIgnored(context, found, true)),
        [commands.ignoredPeople]: () => ignoredPeople(context),
        [commands.leaveRoom]: room(leaveRoom),
        [commands.createRoom]: () => createRoom(context),
        [commands.copyJoinLink]: room(copyJoinLink),
        [commands.joinByLink]: (argument) => joinByLink(context, argument),
        [commands.acceptKnock]: rowOrAsked(admit, askForRequest, 'Let In'),
        [commands.denyKnock]: rowOrAsked(deny, askForRequest, 'Deny'),
        [commands.answerRequest]: () => answerRequest(context),
        [commands.withdrawKnock]: withdraw,
        [commands.withdrawRequest]: withdraw,
        [commands.followUpgrade]: follow,
        [commands.continueInNewRoom]: follow,
        [commands.roomSettings]: room(roomSettings),
        [commands.upgradeRoom]: room(upgradeRoom),
    };
}

async function answerRequest(context: ActionContext): Promise<void> {
    const row = await askForRequest(context, 'Answer Request to Join');
    const answer = row && (await askForAnswer());
    if (answer) await (answer === 'letIn' ? admit : deny)(context, row);
}

export { copyLinkWhenLive, resumeJoin, takeAnswer, tellRoomNews };
