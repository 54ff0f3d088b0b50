import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { DeviceId, OlmMachine, UserId } from '@matrix-org/matrix-sdk-crypto-wasm';
import { canonicalJson, findDeviceLies, type KnownDevices } from '../../../../src/matrix/trust/deviceLies.ts';

const userId = '@bob:home.example';
type Device = { user_id: string; device_id: string; keys: Record<string, string>; unsigned?: unknown };

/** Keys as the crypto library makes and signs them. */
async function honestDevice(): Promise<Device> {
    const olm = await OlmMachine.initialize(new UserId(userId), new DeviceId('BOB'));
    for (const request of await olm.outgoingRequests()) {
        const body = JSON.parse(request.body) as { device_keys?: unknown };
        if (typeof body.device_keys === 'object' && 'user_id' in (body.device_keys ?? {}))
            return body.device_keys as Device;
    }
    throw new Error('no device keys');
}
const answer = (device: unknown): unknown => ({ device_keys: { [userId]: { BOB: device } } });
const nobody: KnownDevices = new Map();

describe('lies in an answer to /keys/query', () => {
    it('there are none in what a device signed, with whatever the server adds unsigned', async () => {
        const device = await honestDevice();
        assert.deepEqual(findDeviceLies(answer({ ...device, unsigned: { device_display_name: 'x' } }), nobody), []);
    });
    it('a signature that does not fit, or none', async () => {
        const device = await honestDevice();
        for (const signatures of [{}, { [userId]: { 'ed25519:BOB': 'A'.repeat(86) } }])
            assert.deepEqual(findDeviceLies(answer({ ...device, signatures }), nobody), [
                { kind: 'device', userId, deviceId: 'BOB', how: 'wrongSignature' },
            ]);
        assert.equal(findDeviceLies(answer({ ...device, algorithms: ['x'] }), nobody)[0]?.how, 'wrongSignature');
    });
    it('another key than before, also one that is signed', async () => {
        const [before, now] = [await honestDevice(), await honestDevice()];
        const keys = { curve25519: before.keys['curve25519:BOB'], ed25519: before.keys['ed25519:BOB'] };
        const known: KnownDevices = new Map([[userId, new Map([['BOB', keys]])]]);
        assert.deepEqual(findDeviceLies(answer(before), known), []);
        assert.equal(findDeviceLies(answer(now), known)[0]?.how, 'otherKey');
    });
    it('a device of somebody else', async () => {
        const device = await honestDevice();
        assert.equal(findDeviceLies(answer({ ...device, user_id: '@mallory:x' }), nobody)[0]?.how, 'foreignUser');
        assert.equal(findDeviceLies(answer({ ...device, device_id: 'OTHER' }), nobody)[0]?.how, 'foreignUser');
    });
    it('an answer of any shape is looked at without harm', () => {
        for (const odd of [null, 7, {}, { device_keys: null }, { device_keys: { [userId]: 'x' } }])
            assert.doesNotThrow(() => findDeviceLies(odd, nobody));
        assert.equal(findDeviceLies(answer(null), nobody)[0]?.how, 'foreignUser');
    });
    it('canonical JSON orders keys by code point and has no white space', () => {
        assert.equal(
            canonicalJson({ b: [1, { d: null, c: 'ü"' }], a: true }),
            '{"a":true,"b":[1,{"c":"ü\\"","d":null}]}',
        );
        assert.equal(canonicalJson({ '\u{1F600}': 1, '\uFF5E': 2 }), '{"\uFF5E":2,"\u{1F600}":1}');
    });
});
