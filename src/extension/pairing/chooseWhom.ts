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

/** @throws HushError `pairing.nobody`. */
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
    return choices.length === 1 ? choices[0] : showQuickPick(choices, { title: 'Follow whom in the code?' });
}
