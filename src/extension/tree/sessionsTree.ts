/**
 * The tree in the side bar: renders {@link buildTree}. Refreshes only the rows that changed, so that nothing flickers.
 */
import * as vscode from 'vscode';
import { commands } from '../manifest/commands.ts';
import { rows } from '../manifest/contexts.ts';
import { DisposableScope } from '../../core/base/disposable.ts';
import type { TreeNode } from './viewModel.ts';

export interface SessionsTree extends vscode.Disposable {
    /** Shows these rows. Leaves a row alone if its `id` and its look are the same. */
    update(nodes: readonly TreeNode[]): void;
    /** Shows the number as the badge of the view. 0 shows none. */
    count(news: { count: number; tooltip: string }): void;
    /** Shows beside the title whose rooms these are. */
    as(userId: string): void;
    /** Shows this text above the rows. Undefined removes it. */
    say(message: string | undefined): void;
    /** Returns the row with this ID. */
    node(id: string): TreeNode | undefined;
    /** Returns the row that the person selected last, by mouse or keyboard. */
    selected(): TreeNode | undefined;
}

function look(node: TreeNode): string {
    return [node.label, node.description, node.tooltip, node.icon, node.context, node.target?.shareId ?? ''].join(
        '\u0000',
    );
}

function item(node: TreeNode): vscode.TreeItem {
    const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
    const tree = new vscode.TreeItem(
        node.label,
        node.children.length === 0 ? None : node.expanded ? Expanded : Collapsed,
    );
    tree.id = node.id;
    tree.description = node.description;
    tree.tooltip = node.tooltip;
    tree.iconPath = new vscode.ThemeIcon(node.icon);
    tree.contextValue = node.context;
    tree.accessibilityInformation = { label: `${node.label}, ${node.description}` };
    if (node.target) tree.command = { command: commands.viewShare, title: 'View Share', arguments: [node.id] };
    // Only a menu: a click must not end what others watch.
    if (node.context === rows.ownShare) tree.command = { command: commands.showMenu, title: 'Show Menu' };
    return tree;
}

/** Compares which rows there are and their order. */
function sameRows(a: readonly TreeNode[], b: readonly TreeNode[]): boolean {
    return a.length === b.length && a.every((node, i) => node.id === b[i]?.id);
}

/** `opened` is called when the row of a room is expanded. */
export function createSessionsTree(opened: (roomId: string) => void): SessionsTree {
    const scope = new DisposableScope();
    let roots: readonly TreeNode[] = [];
    const byId = new Map<string, TreeNode>();
    const changed = scope.add(new vscode.EventEmitter<string | undefined>());

    function index(nodes: readonly TreeNode[]): void {
        for (const node of nodes) {
            byId.set(node.id, node);
            index(node.children);
        }
    }

    /** Fires for the topmost rows that changed. VS Code reads the rows below them again. */
    function diff(before: ReadonlyMap<string, TreeNode>, nodes: readonly TreeNode[]): void {
        for (const node of nodes) {
            const old = before.get(node.id);
            if (old && look(old) === look(node) && sameRows(old.children, node.children)) diff(before, node.children);
            else changed.fire(node.id);
        }
    }

    // Elements are IDs, so that VS Code finds a row again after its node was replaced.
    const provider: vscode.TreeDataProvider<string> = {
        onDidChangeTreeData: changed.event,
        getParent: () => undefined, // only rooms are revealed, and they are roots
        getChildren: (id) => (id === undefined ? roots : (byId.get(id)?.children ?? [])).map((node) => node.id),
        getTreeItem: (id) => {
            const node = byId.get(id);
            return node ? item(node) : new vscode.TreeItem('');
        },
    };
    const view = scope.add(vscode.window.createTreeView('hush.sessions', { treeDataProvider: provider }));
    const expanded = (id: string): void => {
        const node = byId.get(id);
        if (node) opened(node.roomId);
    };
    scope.add(view.onDidExpandElement(({ element }) => expanded(element)));
    /**
     * Rows to expand. VS Code keeps the state of a row it has shown, so Hush expands a room once when something becomes
     * live in it.
     */
    const opening = new Set<string>();
    function openRows(): void {
        if (!view.visible) return; // reveal() would bring the side bar to the front
        for (const id of opening)
            void view.reveal(id, { expand: true, select: false, focus: false }).then(undefined, () => undefined);
        opening.clear();
    }
    scope.add(view.onDidChangeVisibility(openRows));

    return {
        update(nodes) {
            const before = new Map(byId);
            const sameRoots = sameRows(roots, nodes);
            roots = nodes;
            byId.clear();
            index(nodes);
            if (sameRoots) diff(before, nodes);
            else changed.fire(undefined);
            for (const node of nodes) {
                if (node.expanded && before.get(node.id)?.expanded !== true) expanded(node.id);
                if (node.expanded && before.get(node.id)?.expanded === false) opening.add(node.id);
            }
            openRows();
        },
        count({ count, tooltip }) {
            view.badge = count > 0 ? { value: count, tooltip } : undefined;
        },
        as(userId) {
            view.description = userId;
        },
        say(message) {
            view.message = message ?? '';
        },
        node: (id) => byId.get(id),
        selected() {
            const [id] = view.selection;
            return id === undefined ? undefined : byId.get(id);
        },
        dispose: () => scope.dispose(),
    };
}
