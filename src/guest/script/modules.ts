/**
 * The modules of one package: what a specifier means (a relative path inside the package, nothing else), and what QuickJS gets to read.
 * A JSON file becomes a module whose default export is its value; import attributes are parsed by QuickJS and mean nothing to it.
 */
import type { Engine, Found, NativeError } from './engine.ts'
import { FrameMapper } from './stack/frame-mapper.ts'
import { resolvePath } from './stack/path.ts'
import type { ModuleProblem } from './vm-types.ts'

/** A module of ours that imports the package's entry: `import()` of a namespace that exports `then` would call it. */
export const ENTRY_MODULE = 'glovebox:entry'
/** The only script that may import it. */
export const IMPORT_SCRIPT = 'glovebox:import'
/** Runs before anything of the package when it is only checked. */
const STOP_MODULE = 'glovebox:stop'
const JSON_MODULE = 'export default JSON.parse('
const RAW_TYPESCRIPT = 'types are stripped by pack (npx glovebox pack <folder>): install what it writes, not the TypeScript itself'

export class Modules {
  /** Stacks of these modules, at their original positions. */
  readonly frames: FrameMapper
  readonly #files: ReadonlyMap<string, string>
  /** The first import that led nowhere. */
  #unresolved: { readonly base: string; readonly request: string; readonly reason: string } | undefined

  /** What the last import that led nowhere was told. */
  #refusal = ''
  #unreadable: string | undefined
  readonly #importedJson = new Set<string>()

  readonly #entry: string

  /** @param maps  source maps by path, as bytes; files may hold more inside */
  constructor(files: ReadonlyMap<string, string>, entry: string, maps: ReadonlyMap<string, Uint8Array> = new Map()) {
    this.#files = files
    this.#entry = entry
    this.frames = new FrameMapper(files, maps)
  }

  resolve(base: string, request: string): Found {
    if (base === IMPORT_SCRIPT) return { text: ENTRY_MODULE }
    if (base === ENTRY_MODULE && request === STOP_MODULE) return { text: STOP_MODULE }
    const path = base === ENTRY_MODULE ? request : resolvePath(base, request)
    if (path !== undefined && this.#files.has(path)) return { text: path }
    const reason = path === undefined
      ? `"${request}" is not a relative path inside the package; bare specifiers and URLs are not supported`
      : `the package has no file "${path}"`
    this.#unresolved ??= { base, request, reason }
    this.#refusal = `Cannot import "${request}" into "${base}": ${reason}`
    return { error: this.#refusal }
  }

  read(name: string): Found {
    if (name === STOP_MODULE) return { text: 'throw 0' }
    if (name === ENTRY_MODULE) return { text: `import * as namespace from ${JSON.stringify(this.#entry)}; export { namespace }` }
    const text = this.#files.get(name)
    // QuickJS asks on, for '', when a dynamic import was not resolved, and drops the error that says why.
    if (name === '' && this.#refusal !== '') return { error: this.#refusal }
    if (text === undefined) return { error: `The package has no file "${name}"` }
    // QuickJS takes the text as a C string and would see only the part before.
    if (text.includes('\0')) {
      this.#unreadable ??= name
      return { error: `"${name}" contains a NUL character` }
    }
    if (!name.endsWith('.json')) return { text }
    this.#importedJson.add(name)
    return { text: `${JSON_MODULE}${JSON.stringify(text)})` }
  }

  /** Compiles and links the entry with all that it imports; runs nothing of it. */
  check(engine: Engine): ModuleProblem | undefined {
    const entry = this.#entry
    const source = this.read(entry)
    if ('error' in source) return { code: 'import-unresolved', file: entry, line: 1, column: 1, message: source.error }
    // Modules are compiled and linked before the first one runs, and the first one that runs ends it.
    const error = engine.tryModule(`import ${JSON.stringify(STOP_MODULE)}; import * as entry from ${JSON.stringify(entry)}`, ENTRY_MODULE)
    return error === undefined ? this.#checkJson() : this.#locate(error)
  }

  #locate(error: NativeError): ModuleProblem {
    const unresolved = this.#unresolved
    if (unresolved === undefined) {
      const place = this.#unreadable === undefined ? firstFrame(error.stack, this.#entry) : { file: this.#unreadable, line: 1, column: 1 }
      const message = /\.m?ts$/.test(place.file) ? `${error.message}; ${RAW_TYPESCRIPT}` : error.message
      return { code: 'syntax-error', ...this.frames.place(place), message }
    }
    const { base, request, reason } = unresolved
    const place = findSpecifier(this.#files.get(base) ?? '', request)
    return { code: 'import-unresolved', ...this.frames.place({ file: base, ...place }), message: `Cannot import "${request}": ${reason}` }
  }

  /** JSON is parsed by the guest when it runs; a mistake in it is shown at install all the same. */
  #checkJson(): ModuleProblem | undefined {
    for (const file of this.#importedJson) {
      try {
        JSON.parse(this.#files.get(file) ?? '')
      } catch (error) {
        return { code: 'syntax-error', file, line: 1, column: 1, message: error instanceof Error ? error.message : 'not JSON' }
      }
    }
    return undefined
  }
}

/** `    at main.js:3:5` or `    at name (main.js:3:5)`. */
function firstFrame(stack: string, entry: string): { file: string; line: number; column: number } {
  const frame = /^ *at (?:.*\()?(.+?):(\d+)(?::(\d+))?\)?$/m.exec(stack)
  return { file: frame?.[1] ?? entry, line: Number(frame?.[2] ?? 1), column: Number(frame?.[3] ?? 1) }
}

function findSpecifier(source: string, request: string): { line: number; column: number } {
  const at = Math.max(source.indexOf(`'${request}'`), source.indexOf(`"${request}"`))
  if (at < 0) return { line: 1, column: 1 }
  const before = source.slice(0, at).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}
