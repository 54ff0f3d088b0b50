/** Asks whom to follow, if there are several. */
import { HushError } from '../../core/base/errors.ts';
import { deviceKey } from '../../core/session/sessionMembers.ts';
import { showQuickPick } from '../shell/dialogs.ts';
import { plainName } from '../shell/plainText.ts';
import type { Channel, Device, SideChannels } from './sideChannels.ts';

interface Choice {
    readonly channel: Channel;
    readonly device: Device;
}

/** @throws HushError `pairing.nobody`, `pairing.gone`. */
export async function chooseWhom(channels: SideChannels): Promise<Choice | undefined> {
    const choices = [...channels.all.values()].flatMap((channel) =>
        [...channel.devices.values()].map((device) => ({
            label: plainName(channels.nameOf(channel, device)),
            description: deviceKey(device) === channel.sharer ? 'shares a screen' : 'watches',
            channel,
            device,
        })),
    );
    if (choices.length === 0) throw new HushError('pairing.nobody', 'Nobody can be followed now.');
    if (choices.length === 1) return choices[0];
    const chosen = await showQuickPick(choices, { title: 'Follow whom in the code?' });
    if (chosen && !isThere(channels, chosen))
        throw new HushError('pairing.gone', `${chosen.label} left while you chose. Run "Hush: Follow…" again.`);
    return chosen;
}

/** Somebody may leave while the list is open. */
function isThere({ all }: SideChannels, { channel, device }: Choice): boolean {
    return all.get(channel.page) === channel && channel.devices.has(deviceKey(device));
}
