/** Explains why a direct share would be better with a media server, and why it has none. Pure. */
import type { Notice } from '../../core/session/state.ts';

type ServerMissed = Extract<Notice, { kind: 'serverMissed' }>;

function problem({ need, viewers }: ServerMissed): string {
    switch (need) {
        case 'viewers':
            return `${viewers} people watch your screen straight from your device, and your connection carries each of them.`;
        case 'uplink':
            return `Your connection is too slow to send your screen to each of your ${viewers} viewers, so they see fewer pictures.`;
        case 'unreached':
            return 'A viewer’s device cannot be reached directly from yours, so they do not see your screen.';
        case 'others':
            return 'Somebody is in the session with another Matrix client, which cannot see a direct share.';
    }
}

const WHY: Readonly<Record<ServerMissed['why'], string>> = {
    none: 'A LiveKit media server would carry it, and this room has none.',
    failed: 'The room’s media server would carry it, and does not work at the moment. Hush keeps trying.',
    setting: 'A LiveKit media server would carry it; hush.transport is "mesh", so none is used.',
};

export function serverMissedWords(notice: ServerMissed): string {
    return `${problem(notice)} ${WHY[notice.why]}`;
}
