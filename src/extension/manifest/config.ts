/** All settings with their defaults. A unit test compares this table with `contributes.configuration`. Pure. */
import { transports } from '../../core/share/share.ts';
import { isLinkEditor, type LinkEditor } from '../../core/rooms/linkEditors.ts';
import { sharePolicies, type SharePolicy } from '../../core/trust/shareTrust.ts';
import { SECRET_PATTERNS } from '../../core/shield/secretPatterns.ts';
import { STRICT_DELAY_MS } from '../../core/shield/strictDelay.ts';
import { placeLevels, type PlaceLevel } from '../../core/sideChannel/tellPlace.ts';
import type { ShareSettings } from '../../core/share/mediaMessages.ts';

export const settings = {
    'hush.homeserver': '',
    'hush.livekit.serviceUrl': '',
    'hush.transport': 'auto' as 'auto' | 'mesh' | 'livekit',
    'hush.mesh.relayOnly': false,
    'hush.matrixRtc.membership': 'auto' as 'auto' | 'state' | 'sticky',
    'hush.trust.shareWith': 'crossSigned' as SharePolicy,
    'hush.link.editor': 'vscode' as LinkEditor,
    'hush.presence.send': true,
    'hush.chat.sendTyping': true,
    'hush.chat.sendReadReceipts': true,
    'hush.capture.location': 'auto' as 'auto' | 'webview' | 'browser',
    'hush.share.maxFrameRate': 30,
    'hush.share.optimizeFor': 'text' as 'text' | 'motion',
    'hush.share.maxBitrate': 0,
    'hush.view.smoothMotion': false,
    'hush.shield.enabled': true,
    'hush.shield.mode': 'instant' as 'instant' | 'strict',
    'hush.shield.patterns': SECRET_PATTERNS,
    'hush.context.send': 'everything' as PlaceLevel,
};

export type Settings = typeof settings;
export type SettingKey = keyof Settings;

/** `get(key)` returns VS Code's value of any type. A value of the wrong type counts as unset. */
export interface SettingsReader {
    get(key: string): unknown;
}

export function readSetting<K extends SettingKey>(reader: SettingsReader, key: K): Settings[K] {
    const value = reader.get(key);
    return typeof value === typeof settings[key] ? (value as Settings[K]) : settings[key];
}

/** Returns the settings that differ from their defaults, as JSON on one line for the log. */
export function describeSettings(reader: SettingsReader): string {
    const keys = Object.keys(settings) as SettingKey[];
    return JSON.stringify(
        Object.fromEntries(
            keys
                .map((key) => [key, readSetting(reader, key)])
                .filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(settings[key as SettingKey])),
        ),
    );
}

/** Returns the settings of the capture page, within the limits that the page accepts. */
export function shareSettings(reader: SettingsReader): ShareSettings {
    const within = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value));
    return {
        maxFrameRate: within(readSetting(reader, 'hush.share.maxFrameRate'), 1, 60),
        contentHint: readSetting(reader, 'hush.share.optimizeFor') === 'motion' ? 'motion' : 'text',
        maxBitrate: within(readSetting(reader, 'hush.share.maxBitrate'), 0, 50_000) * 1_000,
        ...(isStrict(reader) ? { delayMs: STRICT_DELAY_MS } : {}),
    };
}

function isStrict(reader: SettingsReader): boolean {
    return readSetting(reader, 'hush.shield.enabled') && readSetting(reader, 'hush.shield.mode') === 'strict';
}

/** Returns the default for a value that is no list. What is no text in a list counts for nothing. */
export function secretPatterns(reader: SettingsReader): readonly string[] {
    const value: unknown = reader.get('hush.shield.patterns');
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : SECRET_PATTERNS;
}

/** Returns `auto` for an unknown value. */
export function transportSetting(reader: SettingsReader): Settings['hush.transport'] {
    const value = readSetting(reader, 'hush.transport');
    return transports.find((transport) => transport === value) ?? 'auto';
}

/** Returns `auto` for an unknown value. */
export function membershipSetting(reader: SettingsReader): Settings['hush.matrixRtc.membership'] {
    const value = readSetting(reader, 'hush.matrixRtc.membership');
    return value === 'state' || value === 'sticky' ? value : 'auto';
}

/** Returns the default for an unknown value. A typing error must not open a share to everyone. */
export function sharePolicySetting(reader: SettingsReader): SharePolicy {
    const value = readSetting(reader, 'hush.trust.shareWith');
    return sharePolicies.find((policy) => policy === value) ?? settings['hush.trust.shareWith'];
}

/** Returns the default for an unknown value. */
export function linkEditorSetting(reader: SettingsReader): LinkEditor {
    const value: string = readSetting(reader, 'hush.link.editor');
    return isLinkEditor(value) ? value : settings['hush.link.editor'];
}

/** An unknown value tells nothing. A typing error must not tell more than the person wants. */
export function placeLevelSetting(reader: SettingsReader): PlaceLevel {
    const value = readSetting(reader, 'hush.context.send');
    return placeLevels.find((level) => level === value) ?? 'nothing';
}
