/**
 * docs/matrix.md claims to name every endpoint that Hush asks for: after the other suites it is held against what all of
 * them were seen to ask for. What only the tests themselves ask for is named here.
 */
import assert from 'node:assert/strict';
import { after } from 'mocha';
import { endpointTable, unlisted, type Asked } from '../stack/endpointTable.ts';

const OF_TESTS: readonly RegExp[] = [
    /^\w+ \/_synapse\//u,
    // Somebody else's client, and what a person does in a browser or with a link in a mail.
    /^POST \/_matrix\/client\/v3\/rooms\/[^/]+\/join$/u,
    /^POST \/_matrix\/client\/v1\/login\/get_token$/u,
    /^GET \/_matrix\/client\/unstable\/registration\/email\/submit_token$/u,
    /^GET \/_matrix\/consent$/u,
    // The authoriser, which is no part of the extension, as an application service.
    /^GET \/_matrix\/client\/unstable\/io\.element\.msc4502\//u,
    /^POST \/_matrix\/client\/unstable\/io\.element\.msc4512\//u,
];

const asked = new Map<string, Asked>();
const real = globalThis.fetch;
globalThis.fetch = (input, init) => {
    const { pathname: path } = new URL(input instanceof Request ? input.url : input);
    const method = init?.method ?? (input instanceof Request ? input.method : 'GET');
    const line = `${method} ${path}`;
    if (/^\/(?:_matrix|_synapse|\.well-known\/matrix)\//u.test(path) && !OF_TESTS.some((own) => own.test(line)))
        asked.set(line, { method, path });
    return real(input, init);
};

after('every endpoint that was asked for is in the table of docs/matrix.md, and nothing else', function () {
    assert.deepEqual(unlisted(asked.values()), []);
    let root = this.test?.parent;
    while (root?.parent) root = root.parent;
    let ran = root !== undefined;
    root?.eachTest((test) => {
        ran &&= test.isPassed() || test.isPending();
    });
    if (!ran) return; // some were left out, and what they ask for with them
    const rows = endpointTable().filter(({ elsewhere }) => !elsewhere);
    const idle = rows.filter((row) => ![...asked.values()].some((one) => row.fits(one)));
    assert.deepEqual(
        idle.map(({ method, pattern }) => `${method} ${pattern}`),
        [],
    );
});
