/** Finds the people who signed out on this machine. Their data in the workspace is deleted. */
export function createSignedOutPeople(stored: () => readonly string[], forget: (userId: string) => void) {
    let known: readonly string[] = [];
    /** Gets the accounts that are signed in. */
    return (userIds: readonly string[]): void => {
        // If the keychain is lost, nobody is known at first, but nobody has signed out.
        if (userIds.length === 0 && known.length === 0) return;
        const people = new Set([...known, ...stored()]);
        known = userIds;
        for (const userId of people) if (!userIds.includes(userId)) forget(userId);
    };
}
