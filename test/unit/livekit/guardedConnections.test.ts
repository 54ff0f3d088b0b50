import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { guardedConnections } from '../../../src/livekit/browser/guardedConnections.ts';

/** Throws for the whole list when one address is wrong, as browsers do. */
class StrictConnection {
    config: RTCConfiguration = {};

    constructor(config: RTCConfiguration = {}) {
        this.setConfiguration(config);
    }

    setConfiguration(config: RTCConfiguration): void {
        for (const { urls } of config.iceServers ?? [])
            for (const url of [urls].flat()) if (!url.includes('good')) throw new SyntaxError(url);
        if (config.bundlePolicy === undefined && config.iceTransportPolicy === 'relay') throw new TypeError('policy');
        this.config = config;
    }

    close(): void {
        this.config = {};
    }
}

function guarded(): { make: (config: RTCConfiguration) => StrictConnection; refused: string[] } {
    const refused: string[] = [];
    const Guarded = guardedConnections(StrictConnection as unknown as typeof RTCPeerConnection, (urls) =>
        refused.push(...urls),
    ) as unknown as typeof StrictConnection;
    return { make: (config) => new Guarded(config), refused };
}
const urlsOf = ({ config }: StrictConnection): string[] =>
    (config.iceServers ?? []).flatMap(({ urls }) => [urls].flat());

describe('a guarded connection', () => {
    it('leaves out a wrong address, also from the middle of an entry, and keeps the credentials of the rest', () => {
        const { make, refused } = guarded();
        const connection = make({
            iceServers: [
                { urls: ['turn:good1', 'bad', 'turn:good2'], username: 'u', credential: 'c' },
                { urls: 'stun:good' },
            ],
        });
        assert.deepEqual(urlsOf(connection), ['turn:good1', 'turn:good2', 'stun:good']);
        assert.equal(connection.config.iceServers?.[1]?.username, 'u');
        assert.deepEqual(refused, ['bad']);
    });
    it('does the same for servers that come later', () => {
        const { make, refused } = guarded();
        const connection = make({ iceServers: [{ urls: 'stun:good' }] });
        connection.setConfiguration({ iceServers: [{ urls: 'bad' }, { urls: ['stun:good'] }] });
        assert.deepEqual(urlsOf(connection), ['stun:good']);
        assert.deepEqual(refused, ['bad']);
    });
    it('connects without servers when none is left', () => {
        const { make, refused } = guarded();
        assert.deepEqual(urlsOf(make({ iceServers: [{ urls: ['bad', 'worse'] }] })), []);
        assert.deepEqual(refused, ['bad', 'worse']);
    });
    it('changes nothing in a list that is right, and says nothing', () => {
        const { make, refused } = guarded();
        const iceServers = [{ urls: ['stun:good', 'turn:good'] }];
        assert.deepEqual(make({ iceServers }).config.iceServers, iceServers);
        assert.deepEqual(refused, []);
    });
    it('passes on an error that is about something else', () => {
        const { make } = guarded();
        assert.throws(() => make({ iceTransportPolicy: 'relay', iceServers: [{ urls: 'stun:good' }] }), TypeError);
    });
});
