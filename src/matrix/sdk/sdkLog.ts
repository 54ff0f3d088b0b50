/** Sends the logs of matrix-js-sdk and the Rust code to Hush's log at debug level, never to the console. */
import loglevel from 'loglevel';
import { logger as rootLogger, type Logger } from 'matrix-js-sdk/lib/logger.js';
import type { Log } from '../../core/base/log.ts';

let target: Log | undefined;

/** The SDK has one set of module-level loggers per process. They write to the latest `log`. */
export function captureSdkLog(log: Log): Logger {
    target = log;
    const factory: loglevel.MethodFactory =
        (method) =>
        (...parts: unknown[]) =>
            write(method, parts);
    loglevel.methodFactory = factory;
    for (const logger of [rootLogger as unknown as loglevel.Logger, ...Object.values(loglevel.getLoggers())]) {
        logger.methodFactory = factory;
        logger.setLevel('debug', false); // also rebuilds the methods
    }
    return childLog(log, '');
}

/** For the parts of the SDK that accept a logger. */
function childLog(log: Log, prefix: string): Logger {
    const line = (...parts: unknown[]): void => log.debug(`sdk ${prefix}${parts.map(text).join(' ')}`);
    return {
        trace: () => undefined,
        debug: line,
        info: line,
        warn: line,
        error: line,
        getChild: (name) => childLog(log, `${prefix}${name} `),
    };
}

function write(method: string, parts: readonly unknown[]): void {
    if (method !== 'trace') target?.debug(`sdk ${parts.map(text).join(' ')}`);
}

/** Names an object instead of printing it: an event or a request may hold secrets. */
function text(part: unknown): string {
    if (part instanceof Error) return `${part.name}: ${part.message}`;
    if (typeof part === 'object' && part !== null) return Array.isArray(part) ? `[${part.length} items]` : '{…}';
    return String(part);
}
