import { createServer, type Socket, type AddressInfo } from 'node:net';

export interface Mailbox {
    readonly port: number;
    /** The first link in the next mail to `address`, now or as soon as it comes. */
    link(address: string): Promise<string>;
    stop(): Promise<void>;
}

/** An SMTP server on 127.0.0.1 that keeps every mail. It has only the parts of RFC 5321 that a client needs. */
export async function startMailbox(): Promise<Mailbox> {
    const mails: { to: string; text: string }[] = [];
    const waiting = new Set<() => void>();
    const server = createServer((socket) => {
        socket.on('error', () => socket.destroy());
        talk(socket, (to, text) => {
            mails.push({ to, text });
            for (const check of waiting) check();
        });
    });
    await new Promise<void>((done, fail) => {
        server.once('error', fail);
        server.listen(0, '127.0.0.1', done);
    });
    return {
        port: (server.address() as AddressInfo).port,
        link: (address) =>
            new Promise((resolve) => {
                const check = (): void => {
                    const index = mails.findIndex(({ to }) => to === address);
                    if (index < 0) return;
                    waiting.delete(check);
                    const [mail] = mails.splice(index, 1);
                    resolve(/https?:\/\/[^\s"<>]+submit_token[^\s"<>]*/u.exec(mail?.text ?? '')?.[0] ?? '');
                };
                waiting.add(check);
                check();
            }),
        stop: () => new Promise((done) => server.close(() => done())),
    };
}

function talk(socket: Socket, keep: (to: string, text: string) => void): void {
    let buffer = '';
    let to = '';
    let inData = false;
    socket.write('220 mailbox\r\n');
    socket.on('data', (chunk) => {
        buffer += chunk.toString('latin1');
        for (;;) {
            const end = inData ? buffer.indexOf('\r\n.\r\n') : buffer.indexOf('\r\n');
            if (end < 0) return;
            const line = buffer.slice(0, end);
            buffer = buffer.slice(end + (inData ? 5 : 2));
            if (inData) {
                inData = false;
                keep(to, decode(line));
                socket.write('250 kept\r\n');
                continue;
            }
            const recipient = /^RCPT TO:<([^>]*)>/iu.exec(line)?.[1];
            if (recipient !== undefined) to = recipient;
            if (/^DATA/iu.test(line)) {
                inData = true;
                socket.write('354 go on\r\n');
            } else if (/^QUIT/iu.test(line)) socket.end('221 bye\r\n');
            else socket.write('250 ok\r\n');
        }
    });
}

/** Both parts of a mail as Python writes them: base64 or quoted-printable. */
function decode(mail: string): string {
    const plain = mail
        .replace(/=\r\n/gu, '')
        .replace(/=([0-9A-F]{2})/gu, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    const coded = [...mail.matchAll(/\r\n\r\n((?:[A-Za-z0-9+/=]{20,}\r\n?)+)/gu)].map(([, text = '']) =>
        Buffer.from(text, 'base64').toString('utf8'),
    );
    return [...coded, plain].join('\n');
}
