import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { pageReadme } from '../../stack/pageReadme.ts';

describe('the README of the package', () => {
    it('leaves out pictures that the extension’s page cannot load, and nothing else', () => {
        const text =
            '# A\n\nText with ![small](x.png) inside.\n\n![one](media/a.png)\n\n![two](https://a.org/b.png)\n\nEnd.\n';
        assert.equal(
            pageReadme(text),
            '# A\n\nText with ![small](x.png) inside.\n\n![two](https://a.org/b.png)\n\nEnd.\n',
        );
        const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
        assert.match(readme, /!\[/u);
        assert.doesNotMatch(pageReadme(readme), /!\[/u);
        assert.ok(readme.length - pageReadme(readme).length < 400);
    });
});
