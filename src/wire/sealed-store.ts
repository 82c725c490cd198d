/**
 * What the vault needs of a store; cache/ implements it. It lives here because capability/ and cache/ are peers. Texts of one owner by name,
 * encrypted at rest with a key that no script can read.
 */
/** Under which the app's own store keeps the binding of an extension's own secret; secrets of the app's have no newline in their names. */
export function bindingName(key: string, name: string): string {
  return `${key}\n${name}`
}

export interface SealedStore {
  /** Undefined where there is none. Rejects where there is one that cannot be opened: damaged, or moved there from another place. */
  get(name: string): Promise<string | undefined>
  /** `'full'`: the owner would have more than `maxCount` of them; nothing was written. */
  set(name: string, text: string, options: { readonly maxCount: number }): Promise<'done' | 'full'>
  /** True when it was there. */
  delete(name: string): Promise<boolean>
  /** In code-unit order. */
  names(): Promise<readonly string[]>
}
