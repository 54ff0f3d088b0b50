/** IDs of the rows in the tree, and what they mean. */
import { deviceKey } from '../../core/session/sessionMembers.ts';

/** ID of the row of a share. **View Share** takes it. */
export function shareRowId(roomId: string, device: Parameters<typeof deviceKey>[0], shareId: string): string {
    return `share:${roomId}:${deviceKey(device)}:${shareId}`;
}
