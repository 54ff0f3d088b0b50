import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeAtEnd, shutDown } from './processes.ts';
import { createProgress } from './progress.ts';
import { STACK_PARTS, startStack } from './stack.ts';
import { startVsCodeServer } from './vsCodeServer.ts';

// `npm run stack`: starts all servers for Hush on this machine, until Ctrl-C. Prints the passwords, because they are
// deleted with the servers.
async function main(): Promise<void> {
    const progress = createProgress(STACK_PARTS + 1);
    const workspace = await mkdtemp(join(tmpdir(), 'hush-workspace-'));
    removeAtEnd(workspace);
    await writeFile(join(workspace, 'README.md'), '# A workspace to share\n');
    const [stack, code] = await Promise.all([startStack({ progress }), startVsCodeServer({ progress })]);
    const accounts = await Promise.all([
        stack.createAccount('alice', { displayName: 'Alice' }),
        stack.createAccount('bob', { displayName: 'Bob' }),
    ]);
    const lines = [
        '',
        `Homeserver   ${stack.baseUrl}   (server name ${stack.serverName})`,
        `Authoriser   ${stack.authoriser?.url ?? '-'}   (livekit_service_url)`,
        `LiveKit      ${stack.livekit?.url ?? '-'}`,
        `VS Code      ${code.url(workspace)}`,
        '',
        ...accounts.map(({ userId, password }) => `Account      ${userId}   password ${password}`),
        '',
        `Logs         ${stack.synapse.log}`,
        `             ${stack.livekit?.log ?? ''}`,
        'Ctrl-C ends all of it and removes its data.',
    ];
    console.log(lines.join('\n'));
}

main().catch(async (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    await shutDown();
    process.exit(1);
});
