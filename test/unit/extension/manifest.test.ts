import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { commands, hiddenCommands, pictureCommands } from '../../../src/extension/manifest/commands.ts';
import { settings } from '../../../src/extension/manifest/config.ts';
import { contexts, rows } from '../../../src/extension/manifest/contexts.ts';
import { manifest } from './manifest.ts';

const { contributes } = manifest;

describe('the manifest and the code', () => {
    it('declare the same commands', () => {
        assert.deepEqual(contributes.commands.map((c) => c.command).toSorted(), Object.values(commands).toSorted());
    });

    it('every command says Hush in the palette', () => {
        assert.ok(contributes.commands.every((c) => c.category === 'Hush'));
    });

    it('declare the same settings with the same defaults, each with a scope and a description', () => {
        const { properties } = contributes.configuration;
        assert.deepEqual(Object.fromEntries(Object.entries(properties).map(([key, p]) => [key, p.default])), settings);
        for (const [key, property] of Object.entries(properties)) {
            assert.ok(property.scope, `${key} has no scope`);
            assert.ok(property.markdownDescription ?? property.description, `${key} has no description`);
        }
    });

    it('every colour has a value for each kind of theme', () => {
        for (const { id, defaults } of contributes.colors)
            assert.deepEqual(
                Object.keys(defaults).toSorted(),
                ['dark', 'highContrast', 'highContrastLight', 'light'],
                id,
            );
    });

    it('when clauses use only context keys and rows that the code sets', () => {
        const known = new Set<string>([
            ...Object.values(contexts),
            ...Object.values(rows),
            ...Object.values(commands),
            'hush.sessions',
            'hush.chat',
            'hush.view',
        ]);
        const clauses = [
            ...Object.values(contributes.menus).flat(),
            ...contributes.keybindings,
            ...contributes.viewsWelcome,
            ...contributes.commands.map((c) => ({ when: c.enablement })),
        ].map((c) => c.when ?? '');
        for (const clause of clauses) {
            for (const [name] of clause.replaceAll('\\.', '.').matchAll(/\bhush\.[\w.]+/gu)) {
                assert.ok(known.has(name), `${name} in "${clause}"`);
            }
        }
    });

    it('every row kind has a menu entry or is only looked at', () => {
        const menus = JSON.stringify(contributes.menus).replaceAll('\\\\.', '.');
        const passive: string[] = [rows.member];
        for (const row of Object.values(rows))
            assert.ok(passive.includes(row) || menus.includes(row.replace('.inSession', '')), row);
    });

    it('menus, keys and welcomes name declared commands', () => {
        const known = new Set<string>(Object.values(commands));
        for (const entry of [...Object.values(contributes.menus).flat(), ...contributes.keybindings])
            assert.ok(known.has(entry.command), entry.command);
        const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);
        const texts = [...contributes.viewsWelcome.map((w) => w.contents), ...steps.map((step) => step.description)];
        for (const contents of texts) {
            for (const [, command] of contents.matchAll(/\(command:([\w.]+)\)/gu))
                assert.ok(known.has(command ?? ''), command);
        }
    });

    it('what is sent from the explorer says where to, and goes wherever the chat is', () => {
        const titles = new Map(contributes.commands.map(({ command, title }) => [command, title]));
        for (const { command } of contributes.menus['explorer/context'] ?? [])
            assert.match(titles.get(command) ?? '', /Hush/u, command);
        const sending = [contributes.menus['explorer/context'], contributes.menus['editor/context']].flat();
        assert.equal(sending.length, 5);
        // The chat may be of a room that this workspace is not linked to.
        for (const entry of sending) assert.match(entry?.when ?? '', /hush\.hasRooms(?!.*workspaceLinked)/u);
    });

    it('commands that the palette has another for are hidden from it', () => {
        const hidden =
            contributes.menus['commandPalette']?.filter((m) => m.when === 'false').map((m) => m.command) ?? [];
        assert.deepEqual(hidden.toSorted(), [...hiddenCommands, ...pictureCommands].toSorted());
    });

    it('a folder that is not trusted sets nothing but how a picture is captured and shown', () => {
        const { untrustedWorkspaces, virtualWorkspaces } = manifest.capabilities;
        assert.equal(untrustedWorkspaces.supported, 'limited');
        assert.ok(untrustedWorkspaces.description.length > 0 && virtualWorkspaces.description.length > 0);
        const restricted = new Set(untrustedWorkspaces.restrictedConfigurations);
        const { properties } = contributes.configuration;
        for (const key of restricted) assert.ok(key in properties, key);
        // VS Code takes a setting of scope `application` or `machine` from no workspace, trusted or not.
        const free = Object.entries(properties)
            .filter(([key, { scope }]) => !restricted.has(key) && scope !== 'application' && scope !== 'machine')
            .map(([key]) => key);
        assert.deepEqual(free.toSorted(), [
            'hush.share.maxBitrate',
            'hush.share.maxFrameRate',
            'hush.share.optimizeFor',
            'hush.view.smoothMotion',
        ]);
        for (const key of [
            'hush.homeserver',
            'hush.livekit.serviceUrl',
            'hush.trust.shareWith',
            'hush.mesh.relayOnly',
            'hush.shield.enabled',
            'hush.shield.mode',
            'hush.shield.patterns',
        ])
            assert.match(properties[key]?.scope ?? '', /^(?:application|machine)$/u, key);
    });
});
