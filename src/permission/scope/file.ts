/** Directories of the extension's own, and files that the user picks. */
import type { FileScope } from '../../manifest/permission.ts'
import { parseStrings, type ScopeKind } from './kind.ts'

export const FILE: ScopeKind<FileScope> = {
  parse(input) {
    const directories = 'directories' in input ? parseStrings(input.directories) : undefined
    const picked = 'picked' in input ? input.picked : undefined
    if (directories === undefined || (picked !== undefined && typeof picked !== 'boolean')) return undefined
    return Object.freeze({ directories, ...(picked === undefined ? {} : { picked }) })
  },
  covers({ directories, picked }, use) {
    return use.kind === 'file' ? directories.includes(use.directory) : use.kind === 'file-picked' && picked === true
  },
  isWithin: (asked, granted) =>
    asked.directories.every((directory) => granted.directories.includes(directory)) && (asked.picked !== true || granted.picked === true),
}
