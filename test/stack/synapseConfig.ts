export interface TurnOptions {
    readonly uris: readonly string[];
    readonly sharedSecret: string;
}

export interface FederationOptions {
    /** Its server name is `127.0.0.1:<port>`. */
    readonly port: number;
    /** PEM files. */
    readonly certificate: string;
    readonly key: string;
}

export interface SynapseOptions {
    /**
     * The part after the colon in user IDs. Default: `localhost:<port>`, or the federation address if there is
     * federation.
     */
    readonly serverName?: string;
    /** Merged over the generated homeserver configuration, top-level key by top-level key. */
    readonly config?: Readonly<Record<string, unknown>>;
    /** `loose` (default): parallel tests never wait. `tight`: Synapse's own limits, as on a real server. */
    readonly rateLimits?: 'loose' | 'tight';
    /** Lifetime of an access token that comes with a refresh token, e.g. `30s`. Default: Synapse's 5 minutes. */
    readonly refreshableAccessTokenLifetime?: string;
    /** Open registration for anybody; `createAccount` works without it. Default false. */
    readonly registration?: boolean;
    /** What GET …/rtc/transports offers: an authoriser's URL, or undefined for a homeserver without an SFU. */
    readonly livekitServiceUrl?: string | undefined;
    readonly turn?: TurnOptions;
    /** Federates with other homeservers on this machine. Default: with none. */
    readonly federation?: FederationOptions;
}

export interface SynapsePlace {
    readonly port: number;
    readonly serverName: string;
    readonly folder: string;
    readonly registrationSecret: string;
}

const GENEROUS = { per_second: 10_000, burst_count: 10_000 };

/** Synapse's homeserver.yaml as an object; JSON is YAML. MatrixRTC needs the experimental features named here. */
export function synapseConfig(options: SynapseOptions, place: SynapsePlace): Record<string, unknown> {
    const url = options.livekitServiceUrl;
    // Serves the documents for the consent. Synapse refuses to serve none.
    const consent = options.config?.['user_consent'] === undefined ? [] : ['consent'];
    return {
        server_name: place.serverName,
        public_baseurl: `http://127.0.0.1:${place.port}/`,
        pid_file: `${place.folder}/homeserver.pid`,
        signing_key_path: `${place.folder}/signing.key`,
        media_store_path: `${place.folder}/media`,
        log_config: `${place.folder}/log.json`,
        database: { name: 'sqlite3', args: { database: `${place.folder}/homeserver.db` } },
        listeners: [
            {
                port: place.port,
                type: 'http',
                bind_addresses: ['127.0.0.1'],
                // `openid` is the one federation endpoint an authoriser asks.
                resources: [{ names: ['client', 'openid', ...consent], compress: false }],
            },
            ...(options.federation === undefined ? [] : [federationListener(options.federation.port)]),
        ],
        report_stats: false,
        trusted_key_servers: [],
        suppress_key_server_warning: true,
        ...federationConfig(options.federation),
        registration_shared_secret: place.registrationSecret,
        macaroon_secret_key: place.registrationSecret,
        form_secret: place.registrationSecret,
        ...(options.registration === true
            ? { enable_registration: true, enable_registration_without_verification: true }
            : {}),
        ...(options.refreshableAccessTokenLifetime === undefined
            ? {}
            : { refreshable_access_token_lifetime: options.refreshableAccessTokenLifetime }),
        bcrypt_rounds: 4, // weak hashes are fast, and the passwords are temporary
        max_event_delay_duration: '24h',
        experimental_features: {
            msc4143_enabled: true,
            msc4354_enabled: true,
            msc4222_enabled: true,
            msc3266_enabled: true,
        },
        ...(url === undefined ? {} : { matrix_rtc: { transports: [{ type: 'livekit', livekit_service_url: url }] } }),
        ...(options.turn === undefined ? {} : turnConfig(options.turn)),
        ...(options.rateLimits === 'tight' ? {} : looseLimits()),
        ...options.config,
    };
}

function federationListener(port: number): object {
    return { port, type: 'http', tls: true, bind_addresses: ['127.0.0.1'], resources: [{ names: ['federation'] }] };
}

function federationConfig(federation: FederationOptions | undefined): Record<string, unknown> {
    if (!federation) return { federation_domain_whitelist: [] }; // a temporary server talks to no other
    return {
        tls_certificate_path: federation.certificate,
        tls_private_key_path: federation.key,
        federation_verify_certificates: false,
        // By default, Synapse refuses addresses of its own machine.
        ip_range_blacklist: [],
        federation_ip_range_blacklist: [],
    };
}

function turnConfig({ uris, sharedSecret }: TurnOptions): Record<string, unknown> {
    return { turn_uris: uris, turn_shared_secret: sharedSecret, turn_user_lifetime: '1h', turn_allow_guests: false };
}

function looseLimits(): Record<string, unknown> {
    const plain = [
        'rc_message',
        'rc_registration',
        'rc_registration_token_validity',
        'rc_admin_redaction',
        'rc_joins_per_room',
        'rc_3pid_validation',
        'rc_third_party_invite',
        'rc_media_create',
        'rc_key_requests',
        'rc_reports',
        'rc_room_creation',
        'rc_delayed_event_mgmt',
        'rc_user_directory',
    ];
    return {
        ...Object.fromEntries(plain.map((key) => [key, GENEROUS])),
        rc_login: { address: GENEROUS, account: GENEROUS, failed_attempts: GENEROUS },
        rc_joins: { local: GENEROUS, remote: GENEROUS },
        rc_invites: { per_room: GENEROUS, per_user: GENEROUS, per_issuer: GENEROUS },
        rc_presence: { per_user: GENEROUS },
    };
}
