/** Explains a failed getDisplayMedia by the error names of the Screen Capture specification. Pure. */
import type { CaptureFailure } from '../../core/share/mediaMessages.ts';

export interface CaptureProblem {
    readonly reason: CaptureFailure;
    /** A sentence for the person. */
    readonly detail: string;
}

export const UNSUPPORTED: CaptureProblem = {
    reason: 'unsupported',
    detail: 'Screens cannot be captured here. Share from your web browser instead.',
};

/** `allowed`: whether the page's permission policy allows capture. */
export function classifyCaptureError(name: string, allowed: boolean): CaptureProblem {
    if (!allowed) return UNSUPPORTED;
    switch (name) {
        case 'NotAllowedError':
        case 'AbortError':
            return { reason: 'denied', detail: 'No screen was chosen, so nothing is shared.' };
        case 'InvalidStateError': // the call came without a click
            return { reason: 'needsGesture', detail: 'Your browser wants a click before it lets you choose.' };
        case 'NotSupportedError':
        case 'TypeError':
            return UNSUPPORTED;
        case 'NotFoundError':
            return { reason: 'failed', detail: 'There is no screen to share on this machine.' };
        case 'NotReadableError':
            return {
                reason: 'failed',
                detail: 'The system did not let the browser read that screen. Check the screen recording permission of your browser in the system settings, or choose another window.',
            };
        default:
            return { reason: 'failed', detail: 'The screen could not be captured. Try another screen or window.' };
    }
}
