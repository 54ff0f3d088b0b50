/** Tells the host who is in the side channel, and what is said there for it. */
import type { PageMessage } from '../../core/share/mediaMessages.ts';
import type { SideMessage } from '../../core/sideChannel/sideMessages.ts';
import { createSideChannel, type SideChannel } from './sideChannel.ts';

/** What only the pages show. */
const FOR_PAGES: ReadonlySet<SideMessage['type']> = new Set(['hello', 'pointer', 'drawing', 'erase', 'rules']);

const GREET_MS = 1_000;

/** `now`: ms. */
export function createReportedSideChannel(now: () => number, send: (message: PageMessage) => void): SideChannel {
    const side = createSideChannel(now);
    setInterval(side.greet, GREET_MS);
    const devices = (): void =>
        send({
            type: 'sideChannel.devices',
            devices: side.devices.map(({ userId, deviceId }) => ({ userId, deviceId })),
        });
    side.onJoined(devices);
    side.onLeft(devices);
    side.onMessage(({ userId, deviceId }, message) => {
        if (!FOR_PAGES.has(message.type)) send({ type: 'sideChannel.received', from: { userId, deviceId }, message });
    });
    return side;
}
