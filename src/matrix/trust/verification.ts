/** Verifies by emoji (client-server API, "Short Authentication String verification") with the SDK's requests. */
import {
    CryptoEvent,
    VerificationPhase,
    VerificationRequestEvent,
    VerifierEvent,
    type ShowSasCallbacks,
    type VerificationRequest,
    type Verifier,
} from 'matrix-js-sdk/lib/crypto-api/index.js';
import type { MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import { HushError } from '../../core/base/errors.ts';
import { Listeners } from '../../core/base/listeners.ts';
import type { Log } from '../../core/base/log.ts';
import type {
    CancelReason,
    TrustPort,
    Verification,
    VerificationState,
    VerificationStep,
} from '../../core/trust/trustPort.ts';
import { fromSdk } from '../requests/matrixHttp.ts';

const SAS = 'm.sas.v1';

export interface Verifications extends Pick<
    TrustPort,
    'verifyOwnDevices' | 'verifyPerson' | 'verify' | 'onVerification'
> {
    dispose(): void;
}

export interface VerificationsOptions {
    readonly sdk: MatrixClient;
    readonly log: Log;
    readonly nameOf: (userId: string) => string;
    readonly trackDevices: (userIds: readonly string[]) => Promise<void>;
    /** Throws if our clock is wrong, because the other side ignores requests from another time. */
    readonly assertClock: () => void;
}

export function createVerifications({
    sdk,
    log,
    nameOf,
    trackDevices,
    assertClock,
}: VerificationsOptions): Verifications {
    const listeners = new Listeners<[Verification]>();
    const running = new Map<string, Followed>();
    const tell = (verification: Verification): void => {
        listeners.emit(verification);
    };
    const wrap = (request: VerificationRequest): Verification => {
        const followed = follow(request, nameOf(request.otherUserId), sdk, log, () => {
            const { verification } = followed;
            if (verification.state.kind === 'done' || verification.state.kind === 'cancelled')
                running.delete(verification.id);
            tell(verification);
        });
        running.set(followed.verification.id, followed);
        return followed.verification;
    };
    const onRequest = (request: VerificationRequest): void => {
        if (request.pending && !request.initiatedByMe) tell(wrap(request));
    };
    sdk.on(CryptoEvent.VerificationRequestReceived, onRequest);
    return {
        async verifyOwnDevices() {
            try {
                assertClock();
                await trackDevices([sdk.getSafeUserId()]);
                return wrap(await sdk.getCrypto()!.requestOwnUserVerification());
            } catch (error) {
                throw fromSdk(error, 'Asking your other devices');
            }
        },
        async verifyPerson(userId, roomId) {
            try {
                assertClock();
                await trackDevices([userId]);
                const crypto = sdk.getCrypto()!;
                if (!(await crypto.userHasCrossSigningKeys(userId)))
                    throw new HushError(
                        'trust.noIdentity',
                        `${nameOf(userId)} has not set up an encryption identity yet, so there is nothing to verify. Hush sets one up when they sign in.`,
                    );
                return wrap(await crypto.requestVerificationDM(userId, roomId));
            } catch (error) {
                throw fromSdk(error, `Asking ${nameOf(userId)} to verify`);
            }
        },
        async verify(id, step) {
            await running.get(id)?.[step]();
        },
        onVerification: listeners.add,
        dispose() {
            sdk.off(CryptoEvent.VerificationRequestReceived, onRequest);
            listeners.clear();
        },
    };
}

const CODES: Readonly<Record<string, CancelReason>> = {
    'm.timeout': 'timeout',
    'm.mismatched_sas': 'mismatch',
    'm.mismatched_commitment': 'keyMismatch',
    'm.key_mismatch': 'keyMismatch',
    'm.user_mismatch': 'keyMismatch',
    'm.accepted': 'elsewhere',
    'm.unknown_method': 'unknownMethod',
};

function cancelReason(request: VerificationRequest, wasAsked: boolean, self: string): CancelReason {
    const code = request.cancellationCode ?? '';
    const known = CODES[code];
    if (known) return known;
    if (code !== 'm.user') return 'failed';
    if (request.cancellingUserId === self && !request.isSelfVerification) return 'byUs';
    return wasAsked ? 'declined' : 'byThem';
}

interface Followed extends Readonly<Record<VerificationStep, () => Promise<void>>> {
    readonly verification: Verification;
}

const partiesOf = (request: VerificationRequest): Pick<Verification, 'userId' | 'deviceId' | 'self'> => ({
    userId: request.otherUserId,
    deviceId: request.otherDeviceId,
    self: request.isSelfVerification,
});

/** The SDK does not report the end of a request's ten minutes. */
function whenTimeIsOver(request: VerificationRequest, over: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
        void request.cancel().catch(() => undefined); // as `m.user`: the crypto library accepts no other code here
        over();
    }, request.timeout ?? 600_000);
    return timer.unref();
}

/** `changed`: called when the state changes, but not for the first one. */
function follow(
    request: VerificationRequest,
    name: string,
    sdk: MatrixClient,
    log: Log,
    changed: () => void,
): Followed {
    let following = false;
    const self = sdk.getSafeUserId();
    const startedHere = request.initiatedByMe;
    let state: VerificationState = { kind: startedHere ? 'waiting' : 'asked' };
    let verifier: Verifier | undefined;
    let sas: ShowSasCallbacks | undefined;
    let starting = false;
    let cancelledHere = false;
    const set = (next: VerificationState): void => {
        if (state.kind === 'done' || state.kind === 'cancelled') return;
        state = next;
        if (next.kind === 'done' || next.kind === 'cancelled') {
            clearTimeout(timer);
            request.off(VerificationRequestEvent.Change, onChange);
            log.info(`verification with ${request.otherUserId}: ${next.kind === 'done' ? 'done' : next.reason}`);
        }
        if (following) changed();
    };
    const fail = (error: unknown): void => {
        log.warn('A verification step did not work', error);
        onChange();
    };
    const show = (callbacks: ShowSasCallbacks): void => {
        sas = callbacks;
        const emoji = callbacks.sas.emoji?.map(([symbol, label]) => ({ symbol, name: label }));
        if (emoji) set({ kind: 'comparing', emoji });
        else withoutEmoji(() => Promise.resolve(callbacks.cancel())); // it offers only numbers
    };
    /** The other side sees a cancellation by the person, because the crypto library accepts no other code here. */
    const withoutEmoji = (cancel: () => Promise<void>): void => {
        set({ kind: 'cancelled', reason: 'unknownMethod' });
        cancel().catch((error: unknown) => log.warn('The cancellation was not sent', error));
    };
    const hook = (next: Verifier): void => {
        verifier = next;
        next.on(VerifierEvent.ShowSas, show);
        const known = next.getShowSasCallbacks();
        if (known) show(known);
        next.verify().catch(() => onChange()); // onChange reads the result from the request
    };
    function onChange(): void {
        switch (request.phase) {
            case VerificationPhase.Ready:
                if (!request.otherPartySupportsMethod(SAS)) return withoutEmoji(() => request.cancel());
                if (state.kind === 'asked') set({ kind: 'waiting' });
                if (startedHere && !starting) {
                    starting = true;
                    request.startVerification(SAS).catch(fail);
                }
                return;
            case VerificationPhase.Started: {
                const current = request.verifier;
                if (current && current !== verifier) hook(current);
                return;
            }
            case VerificationPhase.Cancelled: {
                const before = state.kind === 'waiting' && startedHere && !verifier;
                const reason = cancelledHere ? 'byUs' : cancelReason(request, before, self);
                return set({ kind: 'cancelled', reason });
            }
            case VerificationPhase.Done:
                return set({ kind: 'done' });
            default:
                return;
        }
    }
    request.on(VerificationRequestEvent.Change, onChange);
    const timer = whenTimeIsOver(request, () => set({ kind: 'cancelled', reason: 'timeout' }));
    onChange();

    following = true;
    const id = request.transactionId ?? `${request.otherUserId} ${Date.now()}`;
    return {
        get verification() {
            return { id, ...partiesOf(request), name, startedHere, state };
        },
        async accept() {
            if (state.kind !== 'asked') return;
            try {
                await request.accept();
            } catch (error) {
                throw fromSdk(error, 'Accepting the verification');
            }
            onChange();
        },
        async confirm() {
            if (!sas || state.kind !== 'comparing') return;
            set({ kind: 'confirming' });
            try {
                await sas.confirm();
            } catch (error) {
                throw fromSdk(error, 'Confirming the verification');
            }
            onChange();
        },
        mismatch() {
            sas?.mismatch();
            return Promise.resolve();
        },
        async cancel() {
            if (state.kind === 'done' || state.kind === 'cancelled') return;
            cancelledHere = true;
            await request.cancel().catch((error: unknown) => log.warn('The cancellation was not sent', error));
            set({ kind: 'cancelled', reason: 'byUs' });
        },
    };
}
