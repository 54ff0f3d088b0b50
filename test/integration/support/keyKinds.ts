/** Keys of media, and those of the side channel. */
import type { MediaKey } from '../../../src/core/session/rtcPort.ts';

export const isMediaKey = ({ sideChannel }: MediaKey): boolean => sideChannel === undefined;
