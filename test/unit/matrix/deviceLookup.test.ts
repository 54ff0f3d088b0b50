import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import {
    DeviceId,
    DeviceLists,
    KeysQueryRequest,
    OlmMachine,
    RequestType,
    UserId,
} from '@matrix-org/matrix-sdk-crypto-wasm';
import { createDeviceLookup } from '../../../src/matrix/sdk/deviceLookup.ts';

const near = '@bob:home.example';
const far = '@carol:away.example';

describe('looking devices up, with the real crypto library', () => {
    let olm: OlmMachine;
    let answer: (request: KeysQueryRequest) => unknown;
    let asked: string[][];
    let meanwhile: () => Promise<unknown>;

    beforeEach(async () => {
        olm = await OlmMachine.initialize(new UserId('@alice:home.example'), new DeviceId('ALICE'));
        asked = [];
        meanwhile = async () => undefined;
        answer = () => ({ device_keys: { [near]: {}, [far]: {} } });
    });
    const lookup = () =>
        createDeviceLookup({
            olm,
            async sendOutgoing() {
                for (const request of await olm.outgoingRequests()) {
                    if (!(request instanceof KeysQueryRequest)) continue;
                    asked.push(Object.keys((JSON.parse(request.body) as { device_keys: object }).device_keys));
                    const body = answer(request);
                    if (body !== undefined)
                        await olm.markRequestAsSent(request.id, RequestType.KeysQuery, JSON.stringify(body));
                }
                await meanwhile();
            },
        });

    it('asks for who is not known yet, and once', async () => {
        const lookUp = lookup();
        assert.deepEqual(await lookUp([near]), []);
        assert.deepEqual(await lookUp([near]), []);
        assert.equal(asked.filter((users) => users.includes(near)).length, 1);
    });

    it('names those for whom the homeserver had no answer, and asks again next time', async () => {
        const lookUp = lookup();
        answer = () => undefined;
        assert.deepEqual(await lookUp([near, far]), [near, far]);
        answer = () => ({ device_keys: { [near]: {} } });
        assert.deepEqual(await lookUp([near]), []);
    });

    it('takes an answer without somebody for one: some servers leave out who has no device', async () => {
        answer = () => ({ device_keys: {} });
        assert.deepEqual(await lookup()([near]), []);
    });

    it('does not wait for another server that is away', async () => {
        const lookUp = lookup();
        answer = () => ({ device_keys: { [near]: {} }, failures: { 'away.example': { status: 503 } } });
        assert.deepEqual(await lookUp([near, far]), []);
    });

    it('does not wait for a known person whose devices change during the lookup of others', async () => {
        const lookUp = lookup();
        await lookUp([near]);
        meanwhile = () => olm.receiveSyncChanges('[]', new DeviceLists([new UserId(near)]), new Map());
        assert.deepEqual(await lookUp([near, far]), []);
    });

    it('takes concurrent look-ups one after the other: none spoils the answer to another', async () => {
        const lookUp = lookup();
        const all = await Promise.all([lookUp([near]), lookUp([far]), lookUp([near, far])]);
        assert.deepEqual(all, [[], [], []]);
    });
});
