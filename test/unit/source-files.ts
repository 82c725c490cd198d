/** The library's sources as syntax trees, for tests that hold rules over all of them. The build scripts are Node code and stay out. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'vite'

export interface Import {
  /** As written: `./x.ts` or a package's name. */
  readonly specifier: string
  /** Path below src/ for a relative import, else undefined. */
  readonly path: string | undefined
  readonly isDynamic: boolean
  readonly isType: boolean
}

export interface SourceFile {
  /** Below src/, with `/`. */
  readonly path: string
  readonly imports: readonly Import[]
  /** Names used as free identifiers or as `object.member` of one, e.g. `console.log`, `new Worker`. */
  readonly uses: ReadonlySet<string>
}

const SOURCE = fileURLToPath(new URL('../../src/', import.meta.url))

export function readSources(): readonly SourceFile[] {
  return readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts') && !path.startsWith('build/'))
    .map((path) => parseSource(path, readFileSync(join(SOURCE, path), 'utf8')))
}

export function parseSource(path: string, text: string): SourceFile {
  const { module, program, errors } = parseSync(path, text)
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`)
  const statics = module.staticImports.map((one) => {
    const isType = one.entries.length > 0 && one.entries.every((entry) => entry.isType)
    return createImport(path, one.moduleRequest.value, { isDynamic: false, isType })
  })
  const reExports = module.staticExports.flatMap((one) => one.entries).flatMap((entry) => {
    return entry.moduleRequest ? [createImport(path, entry.moduleRequest.value, { isDynamic: false, isType: entry.isType })] : []
  })
  const dynamics = module.dynamicImports.map(({ moduleRequest }) => {
    return createImport(path, text.slice(moduleRequest.start + 1, moduleRequest.end - 1), { isDynamic: true, isType: false })
  })
  return { path, imports: [...statics, ...reExports, ...dynamics], uses: collectUses(program) }
}

function createImport(from: string, specifier: string, kind: Pick<Import, 'isDynamic' | 'isType'>): Import {
  const path = specifier.startsWith('.') ? normalize(join(dirname(from), specifier)) : undefined
  return { specifier, path, ...kind }
}

function collectUses(node: unknown, uses = new Set<string>()): Set<string> {
  if (Array.isArray(node)) for (const one of node) collectUses(one, uses)
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return uses
  const { type, object, property, callee, computed } = Object(node)
  if (type?.startsWith('TS') && !/Expression|Assertion/.test(type)) return uses
  if (type === 'MemberExpression' && object.type === 'Identifier' && !computed) uses.add(`${object.name}.${property.name}`)
  if (type === 'NewExpression' && callee.type === 'Identifier') uses.add(`new ${callee.name}`)
  if (type === 'CallExpression' && callee.type === 'Identifier') uses.add(`${callee.name}()`)
  for (const child of Object.values(node)) collectUses(child, uses)
  return uses
}
