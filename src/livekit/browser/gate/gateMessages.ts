/** The messages between a share's page and the worker that its pictures go through. */
import type { Cover } from '../../../core/share/mediaMessages.ts';

export type ToGate =
    | {
          readonly kind: 'hush.gate.open';
          readonly readable: ReadableStream<VideoFrame>;
          readonly writable: WritableStream<VideoFrame>;
          /** ms that each picture waits, so that it can still be dropped. */
          readonly delayMs: number;
          /** Null: pictures may leave at once. */
          readonly cover: Cover | null;
      }
    | { readonly kind: 'hush.gate.cover'; readonly cover: Cover | null; readonly order: number };

export type FromGate = GateDone | GateFailed;

/** No picture leaves any more. */
interface GateFailed {
    readonly kind: 'hush.gate.failed';
}

/** From now on no captured picture leaves (or, after an order without a cover, pictures leave again). */
interface GateDone {
    readonly kind: 'hush.gate.done';
    readonly order: number;
}
