/**
 * Who an extension is: the id its manifest claims, and the origin it came from. Storage, grants and limits are keyed by the pair,
 * so that a stranger who claims a known id gets nothing of its owner's.
 */
export interface ExtensionIdentity {
  /** As in the manifest: `com.acme.weather`. */
  readonly id: string
  /** The manifest's URL up to its last `/`, or `local` (bytes, File, Blob, object). */
  readonly origin: string
}

/** Of packages without a URL (bytes, File, Blob, object): nothing tells one author's from another's. */
export const LOCAL_ORIGIN = 'local'

/** One string for maps and stores; unambiguous, since neither part can hold a newline. */
export type ExtensionKey = string & { readonly __extensionKey: true }

/**
 * An extension from one installation to its uninstallation: the next one has the same key and another generation. What it keeps is opened for one of
 * them, so that code which still runs after an uninstall, in a tab that was frozen, meets nothing of the next.
 */
export interface Installation {
  readonly key: ExtensionKey
  readonly generation: number
}

export function extensionKey(identity: ExtensionIdentity): ExtensionKey {
  return `${identity.id}\n${identity.origin}` as ExtensionKey // branding constructor
}
