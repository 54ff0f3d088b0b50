/** Whether others may learn that this file is open. */
import * as vscode from 'vscode';
import { readSecretRule, type SecretRule } from '../../core/shield/secretFiles.ts';
import { mayTellName } from '../../core/sideChannel/repositoryPath.ts';
import { secretPatterns } from '../manifest/config.ts';

/** The patterns that the rule was read from, and the rule. */
let read: { readonly patterns: string; readonly rule: SecretRule } | undefined;

/** By its path. What Secret Shield hides is not told either, also while the shield is off. */
export function mayTell(uri: vscode.Uri): boolean {
    const patterns = secretPatterns(vscode.workspace.getConfiguration());
    const text = JSON.stringify(patterns);
    if (read?.patterns !== text) read = { patterns: text, rule: readSecretRule(patterns) };
    return mayTellName(vscode.workspace.asRelativePath(uri, false)) && !read.rule.matches(uri.path);
}

/** `path`: absolute. */
export const mayTellPath = (path: string): boolean => mayTell(vscode.Uri.file(path));
