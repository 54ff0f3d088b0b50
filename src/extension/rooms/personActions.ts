/** What one does about a person of a room: role, remove, ban, unban, answer a knock, ignore, verify. */
import { obstacle, type Obstacle } from '../../core/rooms/powerLevels.ts';
import { HushError } from '../../core/base/errors.ts';
import { deedObstacle } from './personRow.ts';
import { obstacleSentence, roleChoices, roleName, roleWarning } from './roles.ts';
import type { RoomPerson } from '../../core/rooms/roomsPort.ts';
import type { RoomSnapshot } from '../../core/rooms/room.ts';
import { askBeforeLoss } from '../shell/askBeforeLoss.ts';
import { setStatusBarMessage, showQuickPick } from '../shell/dialogs.ts';
import { plainName } from '../shell/plainText.ts';
import { askText, waited } from '../shell/asking.ts';
import { signedIn, type ActionContext } from '../shell/actionContext.ts';
import { setIgnored } from './ignoredPeople.ts';

export interface PersonInRoom extends Pick<RoomPerson, 'userId' | 'name' | 'membership'> {
    readonly room: RoomSnapshot;
}

export interface Deed {
    readonly name: string;
    readonly icon: string;
    readonly detail: string;
    /** The list shows a button for it. */
    readonly button: boolean;
    /** Set if the homeserver would refuse it. */
    readonly why: Obstacle | undefined;
    run(context: ActionContext, person: PersonInRoom): Promise<void>;
}

/** Returns every action that makes sense for this person in their room. */
export function deedsFor(person: PersonInRoom, self: string): Deed[] {
    const { powers } = person.room;
    if (!powers) return [];
    const target = person.userId;
    const why = (kind: 'kick' | 'ban' | 'unban'): Obstacle | undefined => obstacle(powers, self, { kind, target });
    const role: Deed = {
        name: 'Change Role',
        icon: 'key',
        detail: 'What they may do in this room.',
        button: true,
        why: deedObstacle(powers, self, target, 'role'),
        run: changeRole,
    };
    if (target === self) return [role];
    const ban: Deed = {
        name: 'Ban from Room',
        icon: 'circle-slash',
        detail: 'They are removed and cannot come back until the ban is lifted.',
        button: false,
        why: why('ban'),
        run: banPerson,
    };
    const ignore: Deed = {
        name: 'Ignore',
        icon: 'mute',
        detail: 'Keeps their messages and invitations away from you, on all of your devices.',
        button: false,
        why: undefined,
        run: (context, { userId, name }) => setIgnored(context, { userId, name }, true),
    };
    const remove = (name: string, detail: string): Deed => ({
        name,
        icon: 'close',
        detail,
        button: true,
        why: why('kick'),
        run: removePerson,
    });
    switch (person.membership) {
        case 'join':
            return [role, remove('Remove from Room', 'They can come back with a new invitation.'), ban, verify, ignore];
        case 'invite':
            return [remove('Take Back Invitation', 'They are not told why.'), ban, ignore];
        case 'knock':
            return [
                {
                    name: 'Let In',
                    icon: 'check',
                    detail: 'Invites them, as they asked.',
                    button: true,
                    why: obstacle(powers, self, { kind: 'invite' }),
                    run: letIn,
                },
                remove('Deny', 'They may ask again.'),
                ban,
                ignore,
            ];
        case 'ban':
            return [
                {
                    name: 'Lift Ban',
                    icon: 'unlock',
                    detail: 'They may be invited again.',
                    button: true,
                    why: why('unban'),
                    run: unban,
                },
            ];
    }
}

const verify: Deed = {
    name: 'Verify',
    icon: 'verified',
    detail: 'Compare emoji with them.',
    button: false,
    why: undefined,
    async run(context, { userId, room }) {
        const { verifyPerson } = await import('../trust/trustCommands.ts');
        await verifyPerson(context, userId, room.roomId);
    },
};

const PERSON_ROW = /^(?:member|knock):(!.+?):(@.+)$/u;

export function isPersonRow(row: string): boolean {
    return PERSON_ROW.test(row);
}

/** Returns the person of a member's or knock's row, or undefined if they are not there any more. */
export function personOfRow(context: ActionContext, row: string): PersonInRoom | undefined {
    const [, roomId, userId] = PERSON_ROW.exec(row) ?? [];
    const room = context.model.rooms.find((r) => r.roomId === roomId && r.membership === 'join');
    const knock = room?.knocks?.find((k) => k.userId === userId);
    if (room && knock) return { ...knock, membership: 'knock', room };
    const person = room?.members.find((m) => m.userId === userId);
    return room && person && { ...person, room };
}

function refuse(why: Obstacle | undefined): void {
    if (why) throw new HushError('room.forbidden', obstacleSentence(why));
}

export async function changeRole(context: ActionContext, person: PersonInRoom): Promise<void> {
    const { userId, name, room } = person;
    const { account } = signedIn(context);
    const { powers } = room;
    if (!powers) return;
    const self = account.userId;
    refuse(deedObstacle(powers, self, userId, 'role'));
    const other = { label: '$(edit) Another level…', level: undefined };
    const picked = await showQuickPick(
        [
            ...roleChoices(powers, self, userId).map(({ level, label, detail, current }) => ({
                label: `${current ? '$(check)' : '$(blank)'} ${label}`,
                description: `level ${level}${current ? ', now' : ''}`,
                detail,
                level,
            })),
            other,
        ],
        { title: `Role of ${plainName(name)} in ${plainName(room.name)}`, placeHolder: 'What may they do?' },
    );
    if (!picked) return;
    const level = picked.level ?? (await askLevel(room, self, userId));
    if (level === undefined) return;
    const warning = roleWarning(powers, self, userId, level);
    const give = 'Change Role';
    const role = roleName(level, powers.usersDefault);
    if (warning !== undefined) {
        const question = `Make ${userId === self ? 'yourself' : plainName(name)} ${role}?`;
        const another = 'Choose Another Role';
        const chosen = await askBeforeLoss(question, warning, another, give);
        if (chosen === another) return changeRole(context, person);
        if (chosen !== give) return;
    }
    const changing = () => account.roomAdmin.setLevel(room.roomId, userId, level);
    if (!(await waited(`Changing the role of ${plainName(name)}…`, changing))) return;
    setStatusBarMessage('key', `${userId === self ? 'You are' : `${name} is`} ${role} now`, 5_000);
}

async function askLevel(room: RoomSnapshot, self: string, target: string): Promise<number | undefined> {
    const check = (value: string): string | undefined => {
        const level = Number(value);
        if (!/^\s*-?\d{1,9}\s*$/u.test(value)) return 'Type a whole number, such as 75.';
        const why = room.powers && obstacle(room.powers, self, { kind: 'level', target, level });
        return why && obstacleSentence(why);
    };
    const typed = await askText({
        title: 'Power Level',
        prompt: '100 is an admin, 50 a moderator, 0 a member',
        check: (value) => Promise.resolve(check(value)),
    });
    return typed === undefined ? undefined : Number(typed);
}

/** Returns undefined if the person cancelled. */
function askReason(title: string): Promise<string | undefined> {
    return askText({
        title,
        prompt: 'Enter goes ahead, Escape does not. The reason can be read by everybody in the room.',
        placeHolder: 'Reason (optional)',
    });
}

export async function removePerson(context: ActionContext, person: PersonInRoom): Promise<void> {
    const { account } = signedIn(context);
    const { userId, name, membership, room } = person;
    refuse(room.powers && obstacle(room.powers, account.userId, { kind: 'kick', target: userId }));
    const [what, doing] = {
        join: ['Remove', 'Removing'],
        invite: ['Take back the invitation of', 'Taking back the invitation of'],
        knock: ['Deny', 'Denying'],
        ban: ['Remove', 'Removing'],
    }[membership];
    const reason = await askReason(`${what} ${plainName(name)}`);
    if (reason === undefined) return;
    const removing = () => account.roomAdmin.kick(room.roomId, userId, reason);
    if (!(await waited(`${doing} ${plainName(name)}…`, removing))) return;
    setStatusBarMessage('close', `${name} is not in ${room.name} any more`, 5_000);
}

export async function banPerson(context: ActionContext, { userId, name, room }: PersonInRoom): Promise<void> {
    const { account } = signedIn(context);
    refuse(room.powers && obstacle(room.powers, account.userId, { kind: 'ban', target: userId }));
    const reason = await askReason(`Ban ${plainName(name)} from ${plainName(room.name)}`);
    if (reason === undefined) return;
    const banning = () => account.roomAdmin.ban(room.roomId, userId, reason);
    if (!(await waited(`Banning ${plainName(name)}…`, banning))) return;
    setStatusBarMessage('circle-slash', `${name} is banned from ${room.name}`, 5_000);
}

async function unban(context: ActionContext, { userId, name, room }: PersonInRoom): Promise<void> {
    const reason = await askReason(`Lift the Ban of ${plainName(name)}`);
    if (reason === undefined) return;
    const { roomAdmin } = signedIn(context).account;
    const lifting = () => roomAdmin.unban(room.roomId, userId, reason);
    if (!(await waited(`Lifting the ban of ${plainName(name)}…`, lifting))) return;
    setStatusBarMessage('unlock', `${name} may be invited again`, 5_000);
}

export async function letIn(context: ActionContext, { userId, name, room }: PersonInRoom): Promise<void> {
    const { account } = signedIn(context);
    refuse(room.powers && obstacle(room.powers, account.userId, { kind: 'invite' }));
    const inviting = () => account.invite(room.roomId, userId);
    if (!(await waited(`Letting ${plainName(name)} in…`, inviting))) return;
    setStatusBarMessage('check', `${name} is let in`, 5_000);
}
