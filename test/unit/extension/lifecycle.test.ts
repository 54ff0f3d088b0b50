import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { DisposableScope } from '../../../src/core/base/disposable.ts';

describe('a disposable scope', () => {
    it('disposes in reverse order, once', () => {
        const order: number[] = [];
        const scope = new DisposableScope();
        scope.defer(() => order.push(1));
        scope.defer(() => order.push(2));
        scope.dispose();
        scope.dispose();
        assert.deepEqual(order, [2, 1]);
    });

    it('disposes at once what comes after it closed', () => {
        const scope = new DisposableScope();
        scope.dispose();
        let disposed = false;
        scope.defer(() => (disposed = true));
        assert.ok(disposed);
        assert.ok(scope.closed);
    });

    it('one that throws keeps no other alive', () => {
        const scope = new DisposableScope();
        let disposed = false;
        scope.defer(() => (disposed = true));
        scope.defer(() => {
            throw new Error('x');
        });
        assert.throws(() => scope.dispose(), /x/u);
        assert.ok(disposed);
    });
});
