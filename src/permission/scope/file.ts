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
  intersect(one, other) {
    const directories = Object.freeze(one.directories.filter((directory) => other.directories.includes(directory)))
    const picked = one.picked === true && other.picked === true
    return directories.length > 0 || picked ? Object.freeze({ directories, ...(picked && { picked }) }) : undefined
  },
}
