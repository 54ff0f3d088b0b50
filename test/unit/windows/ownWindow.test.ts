import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createOwnWindow } from '../../../src/extension/windows/ownWindow.ts';
import { createLog } from '../../../src/core/base/log.ts';

describe('the window of this extension host', () => {
    it('is silent while it does not answer, and is not when it does again', async () => {
        const lines: string[] = [];
        const back = Promise.withResolvers<void>();
        const push = (line: string): void => {
            lines.push(line);
            if (line.includes('again')) back.resolve();
        };
        let answer = (): void => undefined;
        const window = createOwnWindow({
            ping: () => new Promise<void>((resolve) => (answer = resolve)),
            everyMs: 1,
            withinMs: 5,
            log: createLog({ debug: push, info: push, warn: push, error: push }),
        });
        const keepAlive = setInterval(() => undefined, 1_000); // its own timers let a process end
        try {
            assert.equal(window.silent, false);
            await new Promise<void>((resolve) => window.onSilent(resolve));
            assert.equal(window.silent, true);
            answer();
            await back.promise;
            assert.equal(window.silent, false);
        } finally {
            clearInterval(keepAlive);
            window.dispose();
        }
    });
});
