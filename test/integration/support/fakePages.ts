/**
 * Fake pages for calls between real accounts. They make descriptions at once, and are connected when both ends have
 * both.
 */
import { EventEmitter } from 'node:events';
import type { CallsPort } from '../../../src/core/session/callsPort.ts';
import type { HostMessage } from '../../../src/core/share/mediaMessages.ts';
import type { Person } from './matrixAccounts.ts';

const SDP = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n';

export interface FakePages {
    /** The connections that carry a picture now, with both ends open: from connection ID to the viewer's name. */
    readonly live: ReadonlyMap<string, string>;
    /** The open connections in this person's pages. */
    openOf(person: Person): readonly string[];
    add(person: Person): void;
    onChange(listener: () => void): { dispose(): void };
}

export function createFakePages(): FakePages {
    const open = new Map<string, Map<Person, { readonly pageId: string; readonly calls: CallsPort }>>();
    const live = new Map<string, string>();
    const events = new EventEmitter().setMaxListeners(0);
    const handle = (person: Person, pageId: string, message: HostMessage): void => {
        const { calls } = person.account;
        const describe = (connection: string, kind: 'offer' | 'answer'): void =>
            calls.handlePageMessage({
                type: 'mesh.description',
                connection,
                kind,
                sdp: SDP,
                streams: kind === 'offer' ? { s: 'm.screenshare' } : {},
            });
        if (message.type === 'mesh.open') {
            const ends = open.get(message.connection) ?? new Map<Person, { pageId: string; calls: CallsPort }>();
            open.set(message.connection, ends.set(person, { pageId, calls }));
            if (message.offer) describe(message.connection, 'offer');
        } else if (message.type === 'mesh.restart') describe(message.connection, 'offer');
        else if (message.type === 'mesh.description' && message.kind === 'offer')
            describe(message.connection, 'answer');
        else if (message.type === 'mesh.description') {
            const ends = open.get(message.connection);
            if (ends?.size !== 2) return;
            for (const [other, { pageId: page }] of ends) if (other !== person) live.set(message.connection, page);
            for (const end of ends.values())
                end.calls.handlePageMessage({
                    type: 'mesh.state',
                    connection: message.connection,
                    state: 'connected',
                    route: 'direct',
                });
        } else if (message.type === 'mesh.close') {
            open.get(message.connection)?.delete(person);
            live.delete(message.connection);
        }
        events.emit('change');
    };
    return {
        live,
        openOf: (person) => [...open].flatMap(([connection, ends]) => (ends.has(person) ? [connection] : [])),
        add: (person) =>
            void person.account.calls.onPage((pageId, _generation, message) => handle(person, pageId, message)),
        onChange(listener) {
            events.on('change', listener);
            return { dispose: () => void events.off('change', listener) };
        },
    };
}
