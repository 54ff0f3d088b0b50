/** Installs what the suites need before they run: a test's time is for the test, and installing says what it does. */
import { ensureChromium, ensureFirefox, ensureXvfb } from './install/browsers.ts';
import { ensureLiveKit } from './install/liveKit.ts';
import { ensureCoturn, ensureKeyring } from './install/optional.ts';
import { ensureSynapseOidc } from './install/synapse.ts';
import { ensureVsCodeServer } from './install/vsCodeServer.ts';
import { createProgress, type Progress } from './progress.ts';

interface Part {
    /** The module under test/stack/install that brings it. */
    readonly module: string;
    /** Parts that the installer reports: some bring another along. */
    readonly reports: number;
    install(progress: Progress): Promise<unknown>;
}

/** One after the other within a line: the system's installer takes one at a time. */
const LINES: readonly (readonly Part[])[] = [
    [{ module: 'synapse', reports: 2, install: ensureSynapseOidc }],
    [{ module: 'liveKit', reports: 1, install: ensureLiveKit }],
    [{ module: 'vsCodeServer', reports: 1, install: ensureVsCodeServer }],
    [
        { module: 'browsers', reports: 1, install: ensureChromium },
        { module: 'browsers', reports: 1, install: ensureFirefox },
        { module: 'browsers', reports: 1, install: ensureXvfb },
        { module: 'optional', reports: 1, install: ensureCoturn },
        { module: 'optional', reports: 2, install: ensureKeyring },
    ],
];

/** `modules`: the installers that are wanted. Never rejects: what cannot be installed is said here, and by the tests that need it. */
export async function prepare(modules: ReadonlySet<string>): Promise<void> {
    const lines = LINES.map((line) => line.filter(({ module }) => modules.has(module)));
    const progress = createProgress(lines.flat().reduce((sum, { reports }) => sum + reports, 0));
    await Promise.all(
        lines.map(async (line) => {
            for (const { install } of line)
                await install(progress).catch((error: unknown) =>
                    console.error(error instanceof Error ? error.message : error),
                );
        }),
    );
}
