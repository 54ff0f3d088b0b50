/** The sidebar tree: renders {@link buildTree}, and refreshes only the rows that changed so that nothing flickers. */
import * as vscode from 'vscode';
import { commands } from '../manifest/commands.ts';
import { rows } from '../manifest/contexts.ts';
import { DisposableScope } from '../../core/base/disposable.ts';
import type { TreeNode } from './viewModel.ts';

export interface SessionsTree extends vscode.Disposable {
    /** Shows these rows. Rows whose `id` and look are the same are left alone. */
    update(nodes: readonly TreeNode[]): void;
    /** News, as the badge of the view; 0: none. */
    count(news: { count: number; tooltip: string }): void;
    /** Whose rooms these are, beside the title. */
    as(userId: string): void;
    /** Says this over the rows; undefined says nothing. */
    say(message: string | undefined): void;
    /** The row shown under this ID. */
    node(id: string): TreeNode | undefined;
    /** The row that was chosen last, by mouse or keyboard. */
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
    // A click must not end what others watch.
    if (node.context === rows.ownShare) tree.command = { command: commands.showMenu, title: 'Show Menu' };
    return tree;
}

/** Children differ in which rows there are or in their order. */
function sameRows(a: readonly TreeNode[], b: readonly TreeNode[]): boolean {
    return a.length === b.length && a.every((node, i) => node.id === b[i]?.id);
}

/** `opened`: a room's row is open now. */
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

    /** Fires for the topmost rows that changed; VS Code re-reads what is below them. */
    function diff(before: ReadonlyMap<string, TreeNode>, nodes: readonly TreeNode[]): void {
        for (const node of nodes) {
            const old = before.get(node.id);
            if (old && look(old) === look(node) && sameRows(old.children, node.children)) diff(before, node.children);
            else changed.fire(node.id);
        }
    }

    // Elements are ids, so that VS Code finds a row again after its node was replaced.
    const provider: vscode.TreeDataProvider<string> = {
        onDidChangeTreeData: changed.event,
        getParent: () => undefined, // only rooms, the roots, are revealed
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
    /** Rows to open: VS Code keeps the state of a row it has shown, so a room that comes alive is opened by hand, once. */
    const opening = new Set<string>();
    function openRows(): void {
        if (!view.visible) return; // revealing would pull the side bar in front of the person
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
