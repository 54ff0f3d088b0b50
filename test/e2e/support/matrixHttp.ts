/** Another person's client, from the view of a homeserver: rooms and state events over plain HTTP. */
import { login, request, type Account } from '../../stack/accounts.ts';

interface RoomOptions {
    readonly name: string;
    readonly encrypted: boolean;
    readonly invite?: readonly string[];
    /** Default: the homeserver's. */
    readonly version?: string;
    /** Merged over the default power levels of a private chat. */
    readonly powerLevels?: Readonly<Record<string, unknown>>;
}

export interface StateEvent {
    readonly type: string;
    readonly content: Readonly<Record<string, unknown>>;
}

export interface MatrixHttp {
    readonly deviceId: string;
    /** Returns the new room's ID. */
    createRoom(options: RoomOptions): Promise<string>;
    joinedRooms(): Promise<string[]>;
    /** The room's state events. */
    state(roomId: string): Promise<readonly StateEvent[]>;
    sendState(roomId: string, type: string, stateKey: string, content: unknown): Promise<void>;
    invite(roomId: string, userId: string): Promise<void>;
    join(roomId: string): Promise<void>;
}

/** Signs in as a new device of `account`. All methods reject with the server's error. */
export async function matrixHttp(baseUrl: string, account: Account): Promise<MatrixHttp> {
    const { accessToken, deviceId } = await login(baseUrl, account);
    const client = `${baseUrl}/_matrix/client/v3`;
    return {
        deviceId,
        async createRoom({ name, encrypted, invite = [], version, powerLevels }) {
            const encryption = {
                type: 'm.room.encryption',
                state_key: '',
                content: { algorithm: 'm.megolm.v1.aes-sha2' },
            };
            const answer = await request(
                `${client}/createRoom`,
                {
                    name,
                    preset: 'private_chat',
                    invite,
                    initial_state: encrypted ? [encryption] : [],
                    ...(version === undefined ? {} : { room_version: version }),
                    ...(powerLevels === undefined ? {} : { power_level_content_override: powerLevels }),
                },
                accessToken,
            );
            return String(answer['room_id']);
        },
        async joinedRooms() {
            const { joined_rooms: rooms } = await request(`${client}/joined_rooms`, undefined, accessToken);
            return rooms as string[];
        },
        async state(roomId) {
            const answer: unknown = await request(
                `${client}/rooms/${encodeURIComponent(roomId)}/state`,
                undefined,
                accessToken,
            );
            return answer as StateEvent[];
        },
        async invite(roomId, userId) {
            await request(`${client}/rooms/${encodeURIComponent(roomId)}/invite`, { user_id: userId }, accessToken);
        },
        async join(roomId) {
            await request(`${client}/rooms/${encodeURIComponent(roomId)}/join`, {}, accessToken);
        },
        async sendState(roomId, type, stateKey, content) {
            await put(
                `${client}/rooms/${encodeURIComponent(roomId)}/state/${type}/${encodeURIComponent(stateKey)}`,
                content,
                accessToken,
            );
        },
    };
}

/**
 * Deactivates the account, as an administrator would. Synapse then deletes the password and reports a wrong password.
 * If a password is set afterwards, as an external password provider does, it reports M_USER_DEACTIVATED.
 */
export async function deactivate(baseUrl: string, admin: Account, { userId, password }: Account): Promise<void> {
    const { accessToken } = await login(baseUrl, admin);
    await request(
        `${baseUrl}/_synapse/admin/v1/deactivate/${encodeURIComponent(userId)}`,
        { erase: false },
        accessToken,
    );
    await put(`${baseUrl}/_synapse/admin/v2/users/${encodeURIComponent(userId)}`, { password }, accessToken);
}

async function put(url: string, body: unknown, accessToken: string): Promise<void> {
    const answer = await fetch(url, {
        method: 'PUT',
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${accessToken}` },
        body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`PUT ${new URL(url).pathname}: ${answer.status} ${await answer.text()}`);
}
