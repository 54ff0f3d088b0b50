/** Reports each changed room once per turn of the event loop, because a sync brings many events for one room. */
import { Listeners } from '../../core/base/listeners.ts';
import type { Disposable } from '../../core/base/disposable.ts';

export interface RoomChanges extends Disposable {
    touch(roomId: string): void;
    readonly onChange: (listener: (roomId: string) => void) => Disposable;
}

export function createRoomChanges(): RoomChanges {
    const listeners = new Listeners<[string]>();
    const changed = new Set<string>();
    let tick: NodeJS.Immediate | undefined;
    const tell = (): void => {
        tick = undefined;
        const rooms = [...changed];
        changed.clear();
        for (const roomId of rooms) listeners.emit(roomId);
    };
    return {
        touch(roomId) {
            changed.add(roomId);
            tick ??= setImmediate(tell);
        },
        onChange: listeners.add,
        dispose() {
            clearImmediate(tick);
            listeners.clear();
        },
    };
}
