/** The README for the extension's page in VS Code. Pure. */

/** A picture that stands alone, between empty lines. */
const PICTURE = /^!\[[^\]]*\]\((?!https:)[^)\s]+\)\n+/gmu;

/**
 * That page loads pictures only over https. It removes the source of a picture with a path or with data. So the
 * pictures of the checkout are left out there. The walkthrough shows them from the package.
 */
export function pageReadme(markdown: string): string {
    return markdown.replaceAll(PICTURE, '');
}
