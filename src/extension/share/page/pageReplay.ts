/**
 * What a page must be told to be where it should be: the last of each message that bears state, in an order that works.
 * It is both the queue before a page is ready and the snapshot for one that reloaded (a webview moved to another window
 * loads its content anew). Pure but for its own memory; the keys in it never leave the host but to this page.
 */
import type { HostMessage } from '../../../core/share/mediaMessages.ts';

export interface PageReplay {
    note(message: HostMessage): void;
    /** `again`: the page was ready before. The host then hands out a fresh grant to a view by itself. */
    snapshot(again: boolean): readonly HostMessage[];
}

type Kind = Exclude<HostMessage['type'], 'keys.set'>;

/** Keys before what uses them; a hold before the publication that it holds. */
const ORDER: readonly (Kind | 'keys')[] = [
    'init',
    'keys',
    'view.sharer',
    'view.withheld',
    'view.audience',
    'share.viewers',
    'share.hold',
    'share.capture',
    'share.prepare',
    'share.publish',
    'share.direct',
    'share.stop',
    'view.connect',
    'view.direct',
    'view.end',
    'view.again',
];

/** What the later message makes meaningless. */
const ENDS: Readonly<Partial<Record<HostMessage['type'], readonly Kind[]>>> = {
    'share.stop': ['share.capture', 'share.prepare', 'share.publish', 'share.direct', 'share.hold', 'share.viewers'],
    'share.capture': ['share.stop'],
    'share.unpublish': ['share.prepare', 'share.publish'],
    'view.end': ['view.connect', 'view.direct'],
    'view.connect': ['view.end', 'view.again', 'view.direct'],
    'view.direct': ['view.end', 'view.again', 'view.connect'],
};

export function createPageReplay(): PageReplay {
    const last = new Map<Kind, HostMessage>();
    const keys = new Map<string, HostMessage>();
    return {
        note(message) {
            for (const kind of ENDS[message.type] ?? []) last.delete(kind);
            if (message.type === 'keys.set') {
                const slot = `${message.index} ${message.identity}`;
                keys.delete(slot); // the newest goes last, because the last of an identity is the one in use
                keys.set(slot, message);
            } else last.set(message.type, message);
        },
        snapshot(again) {
            return ORDER.flatMap((kind) => {
                if (kind === 'keys') return [...keys.values()];
                if (again && (kind === 'view.connect' || kind === 'view.direct')) return [];
                const message = last.get(kind);
                return message ? [message] : [];
            });
        },
    };
}
