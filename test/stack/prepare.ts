/**
 * Installs the programs of the suites before they run. So a test needs no time for installations, and each installation
 * shows its progress.
 */
import { ensureChromium, ensureFirefox, ensureXvfb } from './install/browsers.ts';
import { ensureLiveKit } from './install/liveKit.ts';
import { ensureCoturn, ensureKeyring } from './install/optional.ts';
import { ensureSynapseOidc } from './install/synapse.ts';
import { ensureVsCodeServer } from './install/vsCodeServer.ts';
import { createProgress, type Progress } from './progress.ts';

interface Part {
    /** The module under test/stack/install that installs it. */
    readonly module: string;
    /** Number of parts that the installer reports. Some install another part, too. */
    readonly reports: number;
    install(progress: Progress): Promise<unknown>;
}

/** The parts of a line run one after the other, because the system's installer handles one at a time. */
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

/**
 * `modules`: the installers to run. Never rejects: this run and the tests that need a missing part report the reason.
 */
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
