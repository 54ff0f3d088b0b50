/** The state of the account. */
export type AccountState =
    | { readonly kind: 'signedOut' }
    /** `unreachable`: the homeserver has not answered yet. */
    | { readonly kind: 'starting'; readonly userId: string; readonly unreachable?: boolean }
    | {
          readonly kind: 'ready';
          readonly userId: string;
          readonly deviceId: string;
          readonly online: boolean;
          /** A sentence: why the account will stop unless the person acts. */
          readonly trouble?: string;
      }
    /**
     * The server ended the sign-in for good. The device's keys stay until the person signs in or out. `deviceGone`: the
     * server also deleted the device, so the next device cannot use its keys.
     */
    | { readonly kind: 'expired'; readonly userId: string; readonly deviceGone: boolean }
    | { readonly kind: 'failed'; readonly userId: string; readonly message: string };
