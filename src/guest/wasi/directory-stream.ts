/** `directory-entry-stream` of wasi:filesystem/types 0.2. */
import type { DirectoryEntry } from '../fs/handle.ts'
import { inFileSystem, typeName } from './file-values.ts'
import { Resource, type ResourceCount } from './resource.ts'

export class DirectoryEntryStream extends Resource {
  readonly #entries: Iterator<DirectoryEntry, void>

  constructor(count: ResourceCount, entries: Iterator<DirectoryEntry, void>) {
    super(count)
    this.#entries = entries
  }

  readDirectoryEntry(): { readonly type: string, readonly name: string } | undefined {
    const { done, value } = inFileSystem(() => this.#entries.next())
    return done === true || value === undefined ? undefined : { type: typeName(value.kind), name: value.name }
  }
}
