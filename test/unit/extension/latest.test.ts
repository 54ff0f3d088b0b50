import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { latestWithheld } from '../../../src/core/session/trustEvents.ts';

const from = { roomId: '!r:x', userId: '@a:x' };

describe('what is told of trust', () => {
    it('is told again, as it stands, to who listens later; what is over is not', () => {
        const told = latestWithheld();
        told.emit({ ...from, deviceId: 'A', reason: 'notCrossSigned' });
        told.emit({ ...from, deviceId: 'B', reason: 'notCrossSigned' });
        told.emit({ ...from, deviceId: 'B', reason: 'notVerified' });
        told.emit({ ...from, deviceId: 'A', reason: null });
        const heard: string[] = [];
        const listening = told.add(({ deviceId, reason }) => heard.push(`${deviceId} ${reason}`));
        told.emit({ ...from, deviceId: 'B', reason: null });
        listening.dispose();
        told.emit({ ...from, deviceId: 'C', reason: 'notVerified' });
        assert.deepEqual(heard, ['B notVerified', 'B null']);
    });
});
