import { createHmac, randomBytes } from 'node:crypto';

export interface AccountOptions {
    /** Default: random. */
    readonly password?: string;
    readonly displayName?: string;
    readonly admin?: boolean;
}

export interface Account {
    readonly userId: string;
    readonly localpart: string;
    readonly password: string;
}

export interface Login {
    readonly userId: string;
    readonly deviceId: string;
    readonly accessToken: string;
}

interface Server {
    readonly baseUrl: string;
    readonly registrationSecret: string;
}

/** Registers an account with Synapse's shared secret. Rejects with the server's errcode and sentence. */
export async function createAccount(server: Server, localpart: string, options: AccountOptions = {}): Promise<Account> {
    const url = `${server.baseUrl}/_synapse/admin/v1/register`;
    const { nonce } = await request(url);
    const password = options.password ?? randomBytes(12).toString('base64url');
    const admin = options.admin === true;
    // The nonce and fields joined by NUL, as Synapse's "Shared-Secret Registration" prescribes.
    const mac = createHmac('sha1', server.registrationSecret)
        .update([String(nonce), localpart, password, admin ? 'admin' : 'notadmin'].join('\0'))
        .digest('hex');
    const displayname = options.displayName === undefined ? {} : { displayname: options.displayName };
    const answer = await request(url, { nonce, username: localpart, password, admin, mac, ...displayname });
    return { userId: String(answer['user_id']), localpart, password };
}

/** Logs in with a password and a new device, for tests that speak HTTP themselves. */
export async function login(baseUrl: string, account: Pick<Account, 'userId' | 'password'>): Promise<Login> {
    const answer = await request(`${baseUrl}/_matrix/client/v3/login`, {
        type: 'm.login.password',
        identifier: { type: 'm.id.user', user: account.userId },
        password: account.password,
        initial_device_display_name: 'Hush test',
    });
    return {
        userId: account.userId,
        deviceId: String(answer['device_id']),
        accessToken: String(answer['access_token']),
    };
}

/** One JSON request: GET without a body, else POST. Rejects with method, path, errcode and the server's sentence. */
export async function request(url: string, body?: unknown, accessToken?: string): Promise<Record<string, unknown>> {
    const headers: Record<string, string> = { 'Content-Type': 'application/json' };
    if (accessToken !== undefined) headers['Authorization'] = `Bearer ${accessToken}`;
    const answer = await fetch(url, {
        headers,
        signal: AbortSignal.timeout(30_000),
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    const json = (await answer.json()) as Record<string, unknown>;
    if (answer.ok) return json;
    const path = new URL(url).pathname;
    throw new Error(
        `${body === undefined ? 'GET' : 'POST'} ${path}: ${answer.status} ${String(json['errcode'])} ${String(json['error'])}`,
    );
}
