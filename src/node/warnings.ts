/**
 * What an author will hardly have meant, found by reading imports with regular expressions: good enough to warn, since a wrong warning costs a
 * glance. The install compiles the modules and refuses what does not resolve.
 */
import { posix } from 'node:path'
import type { PackageManifest } from '../manifest/manifest.ts'

type Files = ReadonlyMap<string, Uint8Array>

const MODULE = /\.m?[jt]s$/
const STATIC_IMPORT = /(?:^|[;}\n])[ \t]*(?:import|export)\b(?:[^'"`;()]*?\bfrom)?\s*(["'])([^"'\n]+)\1/g
const DYNAMIC_IMPORT = /\bimport\(\s*(["'])([^"'\n]+)\1\s*\)/g
const MAP_COMMENT = /\/\/# sourceMappingURL=(\S+)\s*$/

export function findWarnings(files: Files, manifest: Pick<PackageManifest, 'permissions' | 'optionalPermissions'>): readonly string[] {
  return [...permissionWarnings(manifest), ...fileWarnings(files)]
}

function permissionWarnings({ permissions, optionalPermissions }: Pick<PackageManifest, 'permissions' | 'optionalPermissions'>): readonly string[] {
  const names = [...permissions, ...optionalPermissions].map(({ name }) => name)
  if (!names.includes('vault:use') || names.includes('http:read') || names.includes('http:write')) return []
  return ['glovebox.json: asks for "vault:use" without "http:read" or "http:write"; secrets go into requests only, ask for the requests too.']
}

function fileWarnings(files: Files): readonly string[] {
  return [...files].flatMap(([path, bytes]) => (MODULE.test(path) ? moduleWarnings(path, new TextDecoder().decode(bytes), files) : []))
}

function moduleWarnings(path: string, text: string, files: Files): readonly string[] {
  const found = [...text.matchAll(STATIC_IMPORT), ...text.matchAll(DYNAMIC_IMPORT)]
  const imports = new Map(found.map((match) => [match[2] ?? '', match.index + match[0].lastIndexOf(match[2] ?? '')]))
  const warnings = [...imports].flatMap(([specifier, at]) => {
    const problem = importProblem(path, specifier, files)
    return problem === undefined ? [] : [`${path}:${text.slice(0, at).split('\n').length}: ${problem}`]
  })
  const map = MAP_COMMENT.exec(text.slice(-1024))?.[1]
  if (map === undefined || map.startsWith('data:') || files.has(posix.join(posix.dirname(path), map))) return warnings
  return [...warnings, `${path}: its source map ${JSON.stringify(map)} is not listed in files; stacks will show places in ${path} itself.`]
}

function importProblem(path: string, specifier: string, files: Files): string | undefined {
  const shown = JSON.stringify(specifier)
  if (!/^\.\.?\//.test(specifier)) return `imports ${shown}, which is no relative path; bundle npm packages into the extension.`
  const target = posix.join(posix.dirname(path), specifier)
  if (files.has(target)) return undefined
  const typescript = target.replace(/js$/, 'ts')
  if (typescript !== target && files.has(typescript)) {
    return `imports ${shown}; the file is ${JSON.stringify(typescript)}, and names stay as they are: write ${JSON.stringify(specifier.replace(/js$/, 'ts'))}.`
  }
  return `imports ${shown}, which the manifest does not list; add ${JSON.stringify(target)} to files.`
}
