/**
 * `glovebox:transpiler`: the component transpiler as a function of its compiled core modules and of its WASI. As published it fetches them when
 * it loads, from beside its own URL, and imports a WASI with state of its own; a worker made from text has no URL, and after a trap a
 * new instance is needed, not the old one.
 */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Plugin } from 'rolldown'

const ID = 'glovebox:transpiler'
const RESOLVED = `\0${ID}`
const NAME = 'js-component-bindgen-component'

const SHIM_IMPORT = /^import \{(.*)\} from '@bytecodealliance\/preview2-shim\/(\w+)';$/gm

/** What the published file must hold, and what stands there instead: a new version that differs fails the build. */
const EDITS: readonly (readonly [RegExp, string])[] = [
  [SHIM_IMPORT, ''],
  [/^async function fetchCompile [^]*?^\}$/m, ''],
  [/fetchCompile\(new URL\('\.\/js-component-bindgen-component\.core\.wasm', import\.meta\.url\)\)/, 'Promise.resolve(modules[0])'],
  [/fetchCompile\(new URL\('\.\/js-component-bindgen-component\.core2\.wasm', import\.meta\.url\)\)/, 'Promise.resolve(modules[1])'],
  [/^export const \$init = /m, 'const $init = '],
  [/^export \{ generate, generateTypes, unpackWit,\s*\}[^]*$/m, 'return $init.then(() => ({ generate, generateTypes }))'],
]

/** Files of the transpiler's two core modules, in the order in which `createTranspiler` takes them. */
export function transpilerModules(): readonly [string, string] {
  return [join(vendor(), `${NAME}.core.wasm`), join(vendor(), `${NAME}.core2.wasm`)]
}

export function transpilerPlugin(): Plugin {
  return {
    name: 'glovebox-transpiler',
    resolveId: (id) => (id === ID ? RESOLVED : undefined),
    load: async (id) => {
      if (id !== RESOLVED) return undefined
      return { code: toFactory(await readFile(join(vendor(), `${NAME}.js`), 'utf8')), moduleSideEffects: false }
    },
  }
}

function vendor(): string {
  return dirname(createRequire(import.meta.url).resolve('@bytecodealliance/jco-transpile/component'))
}

function toFactory(source: string): string {
  const imports = [...source.matchAll(SHIM_IMPORT)]
  const names = imports.map(([, list = '', group = '']) => `const {${list.replaceAll(' as ', ': ')}} = wasi.${group};`)
  let body = source
  for (const [pattern, replacement] of EDITS) {
    const edited = body.replace(pattern, () => replacement)
    if (edited === body) throw new Error(`The transpiler's file has changed: nothing matches ${String(pattern)}`)
    body = edited
  }
  return `export function createTranspiler(modules, wasi, console) {\n${names.join('\n')}\n${body}\n}\n`
}
