/** The README as the extension's page in VS Code shows it. Pure. */

/** A picture that stands alone, between empty lines. */
const PICTURE = /^!\[[^\]]*\]\((?!https:)[^)\s]+\)\n+/gmu;

/**
 * That page loads pictures over https and takes no others: it removes the source of one that is given by a path or as
 * data. So the ones of the checkout are left out there; the walkthrough has them, out of the package.
 */
export function pageReadme(markdown: string): string {
    return markdown.replaceAll(PICTURE, '');
}
