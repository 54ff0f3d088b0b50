import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { placeLine, type CommitRelation } from '../../../src/core/sideChannel/placeWords.ts';
import type { Place } from '../../../src/core/sideChannel/sideMessages.ts';

const place: Place = { path: 'src/app.ts', commit: 'a'.repeat(40), changed: false, unsaved: false };
const visible = { start: 119, end: 159 };

describe('the line about a place', () => {
    const RELATIONS: readonly (readonly [CommitRelation, string])[] = [
        [{ kind: 'same' }, 'same commit as you'],
        [{ kind: 'ahead', commits: 1 }, '1 commit ahead of you'],
        [{ kind: 'ahead', commits: 3 }, '3 commits ahead of you'],
        [{ kind: 'behind', commits: 2 }, '2 commits behind you'],
        [{ kind: 'diverged' }, 'on another line of commits'],
        [{ kind: 'unknown' }, 'on a commit you do not have'],
        [{ kind: 'noCheckout' }, 'no checkout of it here'],
    ];
    for (const [relation, words] of RELATIONS)
        it(`says how the commits stand: ${words}`, () =>
            assert.equal(placeLine('Bob', place, relation).text, `src/app.ts, ${words}`));

    it('says lines from 1, changes and problems', () => {
        const full = { ...place, visible, changed: true, unsaved: true, problems: { errors: 1, warnings: 2 } };
        const { text, detail, opens } = placeLine('Bob', full, { kind: 'ahead', commits: 3 });
        assert.equal(text, 'src/app.ts 120-160, 3 commits ahead of you, unsaved changes, 1 error, 2 warnings');
        assert.equal(
            detail,
            'Bob sees lines 120 to 160 of src/app.ts, 3 commits ahead of you, unsaved changes, 1 error, 2 warnings. Click to open it in your checkout.',
        );
        assert.equal(opens, true);
        assert.match(placeLine('Bob', { ...place, changed: true }, { kind: 'same' }).text, /uncommitted changes$/u);
        assert.match(placeLine('Bob', { ...place, commit: null }, { kind: 'unknown' }).text, /no commit yet$/u);
    });

    it('can be opened only with a checkout and a file', () => {
        assert.equal(placeLine('Bob', place, { kind: 'noCheckout' }).opens, false);
        assert.deepEqual(placeLine('Bob', null, { kind: 'unknown' }), {
            text: 'Bob is in no file of the session’s repository',
            detail: '',
            opens: false,
        });
    });
});
