/**
 * A person on a computer with a wrong clock. argv: ms that it is ahead, homeserver, user ID, password. Joins rooms when
 * it is invited, and prints each event. Its input takes `say <room> <text>`, `verify <user> <room>`, `join <room>`,
 * `leave <room>`.
 */
import './shiftedClock.ts';
import { createInterface } from 'node:readline';
import { signedIn } from './matrixAccounts.ts';

const [, baseUrl = '', userId = '', password = ''] = process.argv.slice(2);
const tell = (line: string): void => void process.stdout.write(`${line}\n`);
const { account, lines } = await signedIn({ baseUrl }, userId, password);
tell(`today ${new Date().toISOString().slice(0, 10)}`);

const told = new Set<string>();
const once = (line: string): void => {
    if (told.has(line)) return;
    told.add(line);
    tell(line);
};
const follow = (): void => {
    once(`own ${account.trust.own.kind}`);
    for (const warning of account.trust.own.warnings ?? []) once(`warning ${warning.kind}`);
    for (const room of account.rooms()) {
        if (room.membership === 'invite' && !told.has(`joining ${room.roomId}`)) {
            once(`joining ${room.roomId}`);
            void account.join(room.roomId);
        }
        if (room.membership === 'join') void read(room.roomId);
        for (const member of room.rtc) once(`session of ${member.userId}`);
    }
};
const read = async (roomId: string): Promise<void> => {
    for (const { kind, body } of (await account.chat.timeline(roomId)).messages) once(`${kind} ${body}`);
};
account.onRooms(follow);
account.onState((state) => (once(state.kind), follow()));
account.trust.onOwn(follow);
account.chat.onChange((roomId) => void read(roomId));
account.calls.onForeignCall((event) => once(`${event.kind} ${event.userId}`));
tell(account.state.kind);
follow();

createInterface(process.stdin).on('line', (line) => {
    const [what = '', ...args] = line.split(' ');
    const [first = '', second = ''] = args;
    for (const _renewed of lines.splice(0).filter((text) => text.includes('Access token renewed'))) tell('renewed');
    const work = {
        say: () => account.chat.send(first, `t${Math.random()}`, { kind: 'text', markdown: second, replyTo: null }),
        verify: () => account.trust.verifyPerson(first, second),
        join: () => account.rtc.join(first, [{ id: '01SHARE', startedTs: Date.now() }]),
        leave: () => account.rtc.leave(first),
    }[what];
    work?.().then(
        () => tell(`did ${what}`),
        (error: unknown) => tell(`${what}: ${(error as { code?: string }).code ?? ''} ${String(error)}`),
    );
});
