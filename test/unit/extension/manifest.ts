/** The manifest, as far as tests read it. */
import { readFileSync } from 'node:fs';

export interface MenuEntry {
    readonly command: string;
    readonly when?: string;
    readonly group?: string;
}

export interface Manifest {
    readonly activationEvents: readonly string[];
    readonly capabilities: {
        readonly untrustedWorkspaces: {
            supported: string;
            description: string;
            restrictedConfigurations: readonly string[];
        };
        readonly virtualWorkspaces: { supported: string; description: string };
    };
    readonly contributes: {
        readonly commands: readonly {
            command: string;
            title: string;
            category: string;
            icon?: string;
            enablement?: string;
        }[];
        readonly menus: Readonly<Record<string, readonly MenuEntry[]>>;
        readonly colors: readonly { id: string; description: string; defaults: Readonly<Record<string, string>> }[];
        readonly keybindings: readonly { command: string; key: string; when?: string }[];
        readonly configuration: {
            readonly properties: Readonly<
                Record<string, { default: unknown; scope?: string; markdownDescription?: string; description?: string }>
            >;
        };
        readonly views: Readonly<Record<string, readonly { id: string; when?: string; initialSize?: number }[]>>;
        readonly walkthroughs: readonly { readonly steps: readonly { description: string }[] }[];
        readonly viewsWelcome: readonly { view: string; contents: string; when?: string }[];
    };
}

export const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as Manifest;
