import assert from 'node:assert/strict';
import { ConnectionError, MatrixError } from 'matrix-js-sdk/lib/matrix.js';
import { describe, it } from 'mocha';
import { lookUpPerson } from '../../../src/matrix/rooms/lookUp.ts';
import { newRoom } from '../../../src/matrix/rooms/newRoom.ts';

const asked = (answer: () => unknown) =>
    lookUpPerson({ getProfileInfo: () => Promise.resolve().then(answer) as never }, '@bob:hs.org');
const refuse = (status: number, errcode: string) => (): never => {
    throw new MatrixError({ errcode, error: 'no' }, status);
};

describe('whether there is such a person', () => {
    it('is what their profile says, with their name where it has one', async () => {
        assert.deepEqual(await asked(() => ({ displayname: ' Bob ' })), { kind: 'found', name: 'Bob' });
        for (const odd of [{}, { displayname: 7 }, { displayname: '' }, null, 'profile'])
            assert.deepEqual(await asked(() => odd), { kind: 'found', name: undefined });
    });

    it('nobody is there who has no profile, whatever the code says', async () => {
        assert.deepEqual(await asked(refuse(404, 'M_NOT_FOUND')), { kind: 'nobody' });
        assert.deepEqual(await asked(refuse(404, 'M_UNKNOWN')), { kind: 'nobody' });
    });

    it('is not known where servers hide profiles, or are away themselves', async () => {
        assert.deepEqual(await asked(refuse(403, 'M_FORBIDDEN')), { kind: 'unknown' });
        assert.deepEqual(await asked(refuse(502, 'M_UNKNOWN')), { kind: 'unknown' });
        const offline = (): never => {
            throw new ConnectionError('fetch failed');
        };
        await assert.rejects(asked(offline), { code: 'network.offline' });
    });
});

describe('the room of a session that takes requests', () => {
    const rules = (version: string | undefined) =>
        newRoom({ name: 'a', invite: [], workspaceLink: undefined, access: 'knock' }, version).initial_state?.find(
            ({ type }) => type === 'm.room.join_rules',
        )?.content;

    it('has the rule from its first event, and none in versions that know no requests', () => {
        for (const version of ['7', '10', '12', undefined]) assert.deepEqual(rules(version), { join_rule: 'knock' });
        assert.equal(rules('6'), undefined);
    });
});
