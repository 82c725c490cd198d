/**
 * The document of the preview frame. The page's policy asks for Trusted Types, so this file is the only way from a string to a frame's
 * document: whoever reviews the page's HTML sinks reads these lines and no others.
 */
interface TrustedTypes {
  createPolicy(name: string, rules: { createHTML(html: string): string }): { createHTML(html: string): string }
}

/** A whole document around the guest's HTML: its policy comes first, so that nothing of the guest's can precede it. */
function previewDocument(html: string): string {
  const sheet = new URL('/preview.css', location.href).href
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8">` +
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${sheet}">` +
    `<title>Rendered Markdown</title><link rel="stylesheet" href="${sheet}"></head><body>${html}</body></html>`
  )
}

// Engines without Trusted Types take the string itself. lib.dom does not know the global yet, hence the cast.
const trustedTypes = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes
const policy = trustedTypes?.createPolicy('markdown-preview', { createHTML: previewDocument }) ?? { createHTML: previewDocument }

/** For the `srcdoc` of a frame with `sandbox=""`, and for nothing else. */
export function trustPreview(html: string): string {
  return policy.createHTML(html)
}
