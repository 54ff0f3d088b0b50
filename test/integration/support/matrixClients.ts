/** Collects the SDK clients of this process by user when they start, for tests that act as a hostile device. */
import type { MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import './matrixEngine.ts';

const { MatrixClient: Client } = await import('matrix-js-sdk/lib/matrix.js');
const clients = new Map<string, MatrixClient>();
const { startClient } = Client.prototype;
Client.prototype.startClient = function (this: MatrixClient, ...args) {
    clients.set(this.getSafeUserId(), this);
    clients.set(`${this.getSafeUserId()} ${this.getDeviceId() ?? ''}`, this);
    return startClient.apply(this, args);
};

/** Returns the client of exactly this device. */
export function clientOf({ userId, deviceId }: { userId: string; deviceId: string }): MatrixClient {
    return lastClientOf(`${userId} ${deviceId}`);
}

export function lastClientOf(userId: string): MatrixClient {
    const client = clients.get(userId);
    if (!client) throw new Error(`no client of ${userId}`);
    return client;
}
