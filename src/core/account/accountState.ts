/** Where the account stands. */
export type AccountState =
    | { readonly kind: 'signedOut' }
    /** `unreachable`: the homeserver did not answer yet. */
    | { readonly kind: 'starting'; readonly userId: string; readonly unreachable?: boolean }
    | {
          readonly kind: 'ready';
          readonly userId: string;
          readonly deviceId: string;
          readonly online: boolean;
          /** Why the account will stop unless the person does something: a sentence. */
          readonly trouble?: string;
      }
    /**
     * The server ended the session for good; the device's keys are kept until the person signs in or out. `deviceGone`: the
     * server deleted the device too, so that they are of no use to the one that comes after.
     */
    | { readonly kind: 'expired'; readonly userId: string; readonly deviceGone: boolean }
    | { readonly kind: 'failed'; readonly userId: string; readonly message: string };
