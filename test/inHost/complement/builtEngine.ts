/** The engine bundle of the extension that runs in this host. Takes the place of integration/support/matrixEngine.ts here. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Engine } from '../../../src/extension/account/engine.ts';
import { EXTENSION_ID } from '../results.ts';

const folder = vscode.extensions.getExtension(EXTENSION_ID)?.extensionPath ?? '';
const engine = createRequire(__filename)(join(folder, 'dist/engine.cjs')) as Engine;

export const { discoverHomeserver, newStorageKey, openAccount } = engine;
export const { logInWithPassword } = engine.auth;
