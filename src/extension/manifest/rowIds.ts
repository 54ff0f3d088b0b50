/** IDs of the rows in the tree, and what they stand for. */
import { deviceKey } from '../../core/session/sessionMembers.ts';

/** Of the row of one screen, which **View Share** takes. */
export function shareRowId(roomId: string, device: Parameters<typeof deviceKey>[0], shareId: string): string {
    return `share:${roomId}:${deviceKey(device)}:${shareId}`;
}
