/** Secret Shield and Pause, between two real windows: Alice shares her own window of VS Code. */
import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import { after, afterEach, before, describe, it } from 'mocha';
import { eventually } from '../stack/eventually.ts';
import { keepPicture, picturesOfFailure, stopAtFirstFailure } from './support/failure.ts';
import { changeSettings, shareScreen, viewShare } from './support/flows.ts';
import {
    closeEditors,
    countSecretFrames,
    openSecretPair,
    secretFrames,
    WAYS,
    type SecretPair,
} from './support/secretPair.ts';

/** ms in which an instant shield stops the picture, and with the load of a test machine. */
const BOUND_MS = 1_500;

for (const transport of ['mesh', 'livekit'] as const)
    describe(`a file with secrets (${transport})`, function () {
        this.timeout(240_000);
        stopAtFirstFailure();
        let pair: SecretPair;
        let view: Frame;
        before(async () => {
            pair = await openSecretPair(transport);
        });
        afterEach(picturesOfFailure(() => ({ alice: pair?.alice, bob: pair?.bob })));
        after(() => pair?.stop());

        const shows = (what: 'card' | 'clear'): Promise<unknown> =>
            eventually(
                async () => (await secretFrames(view)).last === what,
                async () => `a ${what} frame; ${JSON.stringify(await secretFrames(view))}`,
                20_000,
            );

        it('is not seen by the viewer for longer than Hush needs to notice it, however it is opened', async () => {
            const { alice, bob } = pair;
            await closeEditors(alice);
            await shareScreen(alice.workbench, alice.context, 'loopback');
            await alice.workbench.page.bringToFront();
            view = await viewShare(bob.workbench);
            await countSecretFrames(view);
            await shows('clear');
            for (const [name, open] of Object.entries(WAYS)) {
                const before = (await secretFrames(view)).secret.length;
                await open(alice);
                await shows('card');
                await alice.workbench.statusBar(/Shielded: /u).waitFor();
                const { secret } = await secretFrames(view);
                const leaked = secret.slice(before);
                const ms = leaked.length > 1 ? (leaked.at(-1) ?? 0) - (leaked[0] ?? 0) : 0;
                console.log(`        ${name}: ${leaked.length} frames, ${ms} ms`);
                assert.ok(ms < BOUND_MS, name);
                if (name === 'quick open') {
                    await keepPicture(alice, `shielded-${transport}-alice`);
                    await keepPicture(bob, `shielded-${transport}-bob`);
                }
                await closeEditors(alice);
                await shows('clear');
                await alice.workbench.statusBar(/Sharing ·/u).waitFor();
            }
        });
    });
