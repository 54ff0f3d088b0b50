import assert from 'node:assert/strict';
import { backupOf } from '../../../../src/matrix/trust/ownTrust.ts';

/** `enables`: asking the server is what takes the backup into use, as after a start without network. */
function crypto(options: { active?: string; onServer?: string; enables?: boolean }) {
    let active = options.active ?? null;
    return {
        getActiveSessionBackupVersion: () => Promise.resolve(active),
        getKeyBackupInfo: () => {
            if (options.enables === true) active = options.onServer ?? null;
            return Promise.resolve(options.onServer === undefined ? null : ({ version: options.onServer } as never));
        },
    };
}

describe('the backup of this device', () => {
    it('is on when the look at the server takes it into use', async () => {
        assert.equal(await backupOf(crypto({ onServer: '1', enables: true }), true), 'on');
    });
    it('was replaced when there is one that this device does not use', async () => {
        assert.equal(await backupOf(crypto({ onServer: '2' }), true), 'replaced');
    });
    it('is off where there is none, and on where it is used', async () => {
        assert.equal(await backupOf(crypto({}), true), 'off');
        assert.equal(await backupOf(crypto({ active: '1', onServer: '1' }), true), 'on');
    });
});
