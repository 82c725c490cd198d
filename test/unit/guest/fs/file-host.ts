/** What kept directories are loaded from and committed to, as the capability answers; and a way to write into one. */
import type { OpenDirectory } from '../../../../src/guest/fs/handle.ts'
import { FileSystem } from '../../../../src/guest/fs/file-system.ts'
import type { AskHost } from '../../../../src/guest/fs/kept.ts'
import { CapabilityFailure } from '../../../../src/guest/outward.ts'

/** A host with one extension's directories, as the capability answers. */
export function createFileHost(): { readonly ask: AskHost; failure: string | undefined; loadFailure: string | undefined; readonly asked: string[] } {
  const stored = new Map<string, { revision: number; readonly nodes: Map<number, unknown> }>()
  const host = {
    failure: undefined as string | undefined,
    loadFailure: undefined as string | undefined,
    asked: [] as string[],
    ask: async (method: string, args: readonly unknown[]): Promise<unknown> => {
      host.asked.push(method)
      const [path, revision, puts, deletes] = args as [string, number, [number, unknown][], number[]]
      const directory = stored.get(path) ?? { revision: 0, nodes: new Map() }
      stored.set(path, directory)
      if (method === 'file.open') return args[0]
      if (method === 'file.load' && host.loadFailure !== undefined) throw new CapabilityFailure(host.loadFailure, 'no')
      if (method === 'file.load') return structuredClone({ next: null, revision: directory.revision, nodes: [...directory.nodes.values()] })
      if (host.failure !== undefined) throw new CapabilityFailure(host.failure, 'no')
      if (revision !== directory.revision) throw new CapabilityFailure('version-conflict', 'no')
      for (const [id, record] of structuredClone(puts)) directory.nodes.set(id, record)
      for (const id of deletes) directory.nodes.delete(id)
      return ++directory.revision
    },
  }
  return host
}

const fs = new FileSystem({ now: () => 0n })

export function writeFile(directory: OpenDirectory, name: string, text: string): void {
  const file = fs.open(directory, name, { creates: true, writes: true, truncates: true })
  if (file.kind === 'file') file.write(new TextEncoder().encode(text), 0)
  file.close()
}
