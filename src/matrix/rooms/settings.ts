/** A room's settings. They are read from the server, and each change is one state event. */
import type { MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import * as v from 'valibot';
import { HushError } from '../../core/base/errors.ts';
import type { Log } from '../../core/base/log.ts';
import { isRoomId } from '../../core/rooms/joinLink.ts';
import type { RoomChange, RoomSettings, RoomsPort } from '../../core/rooms/roomsPort.ts';
import { HISTORY, JOIN_RULES } from '../../core/rooms/roomWords.ts';
import { acting, isNotFound, joinedRoom, NO_POWER } from './acting.ts';
import type { Avatars } from './avatar.ts';
import { createAddresses, textOf as text } from './roomAddress.ts';
import { optional } from '../../core/base/lenient.ts';
import { roomVersion } from './roomState.ts';
import { versionTraits } from '../../core/rooms/roomVersions.ts';

type SettingsPort = Pick<RoomsPort, 'settings' | 'picture' | 'change'>;

const MEMBERSHIP = 'm.room_membership';
/** A condition of `allow`. A condition of type {@link MEMBERSHIP} names a room. */
const condition = v.looseObject({ type: v.string(), room_id: optional(v.string()) });
type Condition = v.InferOutput<typeof condition>;

/** The conditions of a restricted room, without malformed entries. */
function conditionsOf(rules: Readonly<Record<string, unknown>>): Condition[] {
    const { allow } = rules;
    return (Array.isArray(allow) ? allow : []).flatMap((entry: unknown) => {
        const parsed = v.safeParse(condition, entry);
        return parsed.success ? parsed.output : [];
    });
}

/** The join rules with the new rule. */
function joinRules(
    { allow: before, ...content }: Readonly<Record<string, unknown>>,
    { rule, allow: wanted }: Extract<RoomChange, { kind: 'joinRule' }>,
): object {
    const known = conditionsOf({ allow: before });
    // Keeps conditions of unknown types: somebody set them, and the chosen rooms do not replace them.
    const others = known.filter(({ type }) => type !== MEMBERSHIP);
    const rooms = wanted
        .filter(isRoomId)
        .map((id) => known.find((c) => c.type === MEMBERSHIP && c.room_id === id) ?? { type: MEMBERSHIP, room_id: id });
    const restricted = rule === 'restricted' || rule === 'knock_restricted';
    const allow = restricted ? [...others, ...rooms] : others;
    const named = restricted || allow.length > 0 ? { allow } : {};
    return { ...content, join_rule: rule, ...named };
}

export interface SettingsOptions {
    readonly sdk: MatrixClient;
    readonly avatars: Avatars;
    readonly log: Log;
}

export function createSettings({ sdk, avatars, log }: SettingsOptions): SettingsPort {
    const read = async (roomId: string, type: string): Promise<Record<string, unknown>> => {
        try {
            return await sdk.getStateEvent(roomId, type, '');
        } catch (error) {
            if (isNotFound(error)) return {};
            throw error;
        }
    };
    const send = (roomId: string, type: string, content: object): Promise<unknown> =>
        sdk.sendStateEvent(roomId, type as never, content as never, '');

    async function settings(roomId: string): Promise<RoomSettings> {
        const room = joinedRoom(sdk, roomId);
        const [name, topic, avatar, alias, history, rules] = await Promise.all(
            ['name', 'topic', 'avatar', 'canonical_alias', 'history_visibility', 'join_rules'].map((type) =>
                read(roomId, `m.room.${type}`),
            ),
        );
        return {
            name: text(name ?? {}, 'name'),
            topic: text(topic ?? {}, 'topic'),
            avatar: text(avatar ?? {}, 'url'),
            alias: text(alias ?? {}, 'alias'),
            history: HISTORY.find((known) => known === history?.['history_visibility']) ?? 'shared',
            joinRule: JOIN_RULES.find((known) => known === rules?.['join_rule']) ?? 'invite',
            allow: conditionsOf(rules ?? {}).flatMap(({ type, room_id: id }) =>
                type === MEMBERSHIP && id !== undefined ? id : [],
            ),
            version: roomVersion(room) ?? '1',
        };
    }

    const setAlias = createAddresses({ sdk, read, send, log });

    async function setJoinRule(roomId: string, wanted: Extract<RoomChange, { kind: 'joinRule' }>): Promise<void> {
        const traits = versionTraits(roomVersion(joinedRoom(sdk, roomId)) ?? '1');
        const possible = {
            knock: traits.knock,
            restricted: traits.restricted,
            knock_restricted: traits.knockRestricted,
        }[wanted.rule as string];
        if (possible === false)
            throw new HushError(
                'room.forbidden',
                'This room is of a version that does not know that. Upgrade it first.',
            );
        await send(roomId, 'm.room.join_rules', joinRules(await read(roomId, 'm.room.join_rules'), wanted));
    }

    async function change(roomId: string, what: RoomChange): Promise<void> {
        joinedRoom(sdk, roomId);
        switch (what.kind) {
            case 'name':
                return void (await send(roomId, 'm.room.name', { name: what.name }));
            case 'topic':
                return void (await send(roomId, 'm.room.topic', { topic: what.topic }));
            case 'avatar':
                return void (await send(
                    roomId,
                    'm.room.avatar',
                    what.path === undefined ? {} : await avatars.upload(what.path),
                ));
            case 'alias':
                return setAlias(roomId, what.alias);
            case 'history':
                return void (await send(roomId, 'm.room.history_visibility', { history_visibility: what.history }));
            case 'joinRule':
                return setJoinRule(roomId, what);
            case 'encryption':
                return void (await send(roomId, 'm.room.encryption', { algorithm: 'm.megolm.v1.aes-sha2' }));
        }
    }

    return {
        settings: (roomId) => acting('Reading the room’s settings', {}, () => settings(roomId)),
        async picture(roomId) {
            try {
                const url = text(await read(roomId, 'm.room.avatar'), 'url');
                return url === undefined ? undefined : await avatars.show(url);
            } catch (error) {
                log.warn('the picture of a room cannot be shown', error);
                return undefined;
            }
        },
        change: (roomId, what) =>
            acting(
                'Changing the room',
                {
                    ...NO_POWER,
                    M_ROOM_IN_USE: [
                        'room.forbidden',
                        'This address leads to another room already. Choose another one.',
                    ],
                    M_EXCLUSIVE: [
                        'room.forbidden',
                        'Your homeserver keeps this address for others. Choose another one.',
                    ],
                },
                () => change(roomId, what),
            ),
    };
}
