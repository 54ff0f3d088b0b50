import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { isPublicAddress } from '../../../src/livekit/authoriser/publicAddress.ts';

describe('the addresses that the authoriser asks', () => {
    it('are those of the internet', () => {
        for (const address of ['93.184.215.14', '8.8.8.8', '2606:4700::1111', '2a00:1450:4001:80b::200e'])
            assert.ok(isPublicAddress(address), address);
    });

    it('are not of this machine, a private network, a multicast group, or a mapping to one of them', () => {
        for (const address of [
            '0.0.0.0',
            '10.1.2.3',
            '100.64.0.1',
            '127.0.0.1',
            '169.254.169.254',
            '172.16.0.1',
            '172.31.255.255',
            '192.0.0.8',
            '192.168.1.1',
            '198.18.0.1',
            '224.0.0.1',
            '255.255.255.255',
            '::',
            '::1',
            '::ffff:127.0.0.1',
            '::ffff:10.0.0.1',
            '64:ff9b::a00:1',
            'fc00::1',
            'fd12::1',
            'fe80::1',
            'ff02::1',
            '',
            'localhost',
        ])
            assert.ok(!isPublicAddress(address), address);
    });
});
