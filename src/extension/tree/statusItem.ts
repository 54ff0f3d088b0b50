/** The text of Hush's status bar items: Hush itself, always; who shares and watches; who can see the share. Pure. */
import type { Route } from '../../core/share/mediaMessages.ts';
import { deviceLabel, trustWord } from '../../core/trust/trustWords.ts';
import { sharerKey, viewersOf } from '../../core/session/sessionMembers.ts';
import type { LocalShare, SessionState } from '../../core/session/state.ts';
import { audienceChip, type AudienceDevice } from '../../core/trust/shareTrust.ts';
import type { RoomSnapshot } from '../../core/rooms/room.ts';
import { routeWord } from './routeWord.ts';
import { plainName } from '../shell/plainText.ts';
import { shareChoices } from '../share/shareChoices.ts';
import { connectionMessage } from './viewModel.ts';
import type { Model } from '../../core/app/model.ts';

export interface StatusItem {
    readonly text: string;
    readonly tooltip: string;
    readonly warning: boolean;
}

const item = (text: string, tooltip: string, warning = false): StatusItem => ({ text, tooltip, warning });
const HUSH = '$(device-desktop) Hush';

/** Hush's own item. A click opens a menu of possible actions, and does nothing else. */
export function hushStatus(model: Model): StatusItem {
    const { account, session } = model;
    if (session.share) return sharingStatus(session, session.share);
    switch (account.kind) {
        case 'signedOut':
            return item(HUSH, 'Hush: you are not signed in. Click to sign in or to create an account.');
        case 'starting':
            return item('$(sync~spin) Hush', `Hush: ${connectionMessage(model) ?? 'connecting to your homeserver…'}`);
        case 'expired':
            return item('$(warning) Hush', 'Hush: your homeserver ended this sign-in. Click to sign in again.');
        case 'failed':
            return item('$(error) Hush', 'Hush could not start with your account. Click for what helps.');
        case 'ready': {
            const offline = connectionMessage(model);
            return offline === undefined ? readyStatus(model) : item('$(cloud-offline) Hush', `Hush: ${offline}`);
        }
    }
}

function readyStatus({ rooms, session, workspaceRoomId }: Model): StatusItem {
    const screens = shareChoices(rooms, session).filter(({ target }) => target.shareId !== undefined);
    const live = screens.map(
        ({ sharerName, roomName }) => `${plainName(sharerName)} shares a screen in ${plainName(roomName)}.`,
    );
    const room = rooms.find(({ roomId, membership }) => roomId === workspaceRoomId && membership === 'join');
    const text = [
        HUSH,
        ...(room ? [`$(organization) ${peopleOf(room).length}`] : []),
        ...(live.length > 0 ? [`$(broadcast) ${live.length} live`] : []),
    ].join(' · ');
    const where = room
        ? `Hush: this workspace’s session is ${plainName(room.name)}, with ${listed(peopleOf(room).map(({ name }) => plainName(name)))}.`
        : 'Hush: this workspace has no session yet.';
    return item(text, [where, ...live, 'Click for what you can do.'].join('\n'));
}

function peopleOf({ members }: RoomSnapshot): RoomSnapshot['members'] {
    return members.filter(({ membership }) => membership === 'join');
}

/** Limit for the names in a sentence. */
const NAMED = 5;

/** "Ann, Ben and 4 more" */
function listed(names: readonly string[]): string {
    const shown = names.slice(0, names.length > NAMED ? NAMED - 1 : NAMED);
    const more = names.length - shown.length;
    if (more > 0) return `${shown.join(', ')} and ${more} more`;
    return shown.join(', ').replace(/, (?=[^,]*$)/u, ' and ');
}

const DIRECT =
    'The picture goes straight from your device to each viewer’s (DTLS-SRTP, its fingerprints checked through the room’s encryption)';
const PATHS: Readonly<Record<Route, string>> = {
    direct: `${DIRECT}.`,
    relayed: `${DIRECT}, through a relay that cannot read it.`,
    sfu: 'The picture goes through the media server, which cannot read it.',
};
const CLICK = 'Click to stop, or to see who can see this.';

function sharingStatus(session: SessionState, share: LocalShare): StatusItem {
    if (share.phase === 'preparing')
        return item(
            '$(loading~spin) Starting share…',
            'Hush opens the page that captures your screen. Click to cancel.',
        );
    if (share.phase === 'choosing')
        return item('$(device-desktop) Choose what to share…', 'Pick a screen, window or tab. Click here to cancel.');
    if (share.held && share.phase !== 'publishing')
        return item(
            '$(warning) Sharing on hold',
            `A changed encryption key could not be delivered, so nothing is sent. ${CLICK}`,
            true,
        );
    if (share.paused)
        return item(
            '$(debug-pause) Share Paused',
            'Viewers see nothing of your screen until you resume. Click to resume or to stop.',
            true,
        );
    if (share.shielded) {
        const file = plainName(share.shielded.file);
        return item(
            `$(shield) Shielded: ${file}`,
            `Secret Shield hides your screen while ${file} is open in VS Code. Viewers see nothing of it. Click to show it anyway, or to stop.`,
            true,
        );
    }
    if (share.phase === 'publishing')
        return item('$(loading~spin) Starting share…', 'Sending the encryption key and connecting. Click to cancel.');
    if (share.phase === 'reconnecting')
        return item(
            '$(sync~spin) Sharing: reconnecting…',
            `The connection to the media server was lost. ${CLICK}`,
            true,
        );
    const viewers = viewersOf(session, share);
    const who =
        viewers.length === 0
            ? 'Nobody watches yet.'
            : `Watching:\n${viewers.map((v) => `• ${deviceLabel(plainName(v.name), plainName(v.deviceName))} (${v.userId})`).join('\n')}`;
    return item(
        `$(device-desktop) Sharing · $(eye) ${viewers.length}${share.route === undefined ? '' : ` · ${routeWord(share.route)}`}`,
        `You share your screen in ${plainName(share.roomName)}, end-to-end encrypted.\n${share.route === undefined ? '' : `${PATHS[share.route]}\n`}${who}\n${CLICK}`,
        true,
    );
}

/** Where the page cannot replace pictures, a share that begins hidden stays in phase publishing until it is shown. */
export function canHide({ phase, paused, shielded }: LocalShare): boolean {
    return (
        phase === 'live' || phase === 'reconnecting' || (phase === 'publishing' && (paused || shielded !== undefined))
    );
}

/** The button beside it, which hides the screen at once. Undefined without a share that runs. */
export function pauseStatus({ share }: SessionState): (StatusItem & { readonly paused: boolean }) | undefined {
    if (!share || !canHide(share)) return undefined;
    const { paused } = share;
    return paused
        ? { ...item('$(play)', 'Resume Share: viewers see your screen again.'), paused }
        : { ...item('$(debug-pause)', 'Pause Share: viewers see nothing of your screen, at once.'), paused };
}

/**
 * Says who can see our share, in an item beside Hush's own. Undefined before the audience is known. A click opens the
 * whole list.
 */
export function audienceStatus({ share, self, audiences }: SessionState): StatusItem | undefined {
    const audience = share && self && audiences.get(sharerKey(share.roomId, self));
    if (!audience) return undefined;
    const { text, detail, tone } = audienceChip(audience);
    const lines = audience.holders.map((holder) => `• ${labelOf(holder)} · ${trustWord(holder.trust)}`);
    const out = audience.withheld.map((device) => `• ${labelOf(device)} is kept out`);
    return item(
        `${tone === 'warn' ? '$(workspace-untrusted)' : '$(workspace-trusted)'} ${text}`,
        [`${detail}.`, ...lines, ...out, 'Click for the whole list.'].join('\n'),
    );
}

/** "Ben · Ben's laptop". A device without a name shows its ID. */
function labelOf({ name, deviceName, deviceId }: Pick<AudienceDevice, 'name' | 'deviceName' | 'deviceId'>): string {
    return deviceLabel(plainName(name), deviceName === '' ? `device ${plainName(deviceId)}` : plainName(deviceName));
}
