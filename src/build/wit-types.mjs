// @ts-check
/**
 * Makes src/generated/*.ts from wit/*.wit: `npm run generate`. Reads the part of WIT that this project uses (interfaces with
 * types, records, variants, enums, functions, resources with methods; `use`); anything else is an error that names file and line, never a guess.
 * https://component-model.bytecodealliance.org/design/wit.html
 */
import { readFile, readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { WitReader } from './wit-reader.mjs'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const RESULT = `
export type Result<T, E> = { readonly tag: 'ok'; readonly val: T } | { readonly tag: 'err'; readonly val: E }
`
const PRIMITIVES = new Map([
  ['bool', 'boolean'], ['string', 'string'], ['char', 'string'], ['u8', 'number'], ['u16', 'number'], ['u32', 'number'], ['s32', 'number'],
  ['f32', 'number'], ['f64', 'number'], ['u64', 'bigint'], ['s64', 'bigint'],
])

/**
 * TypeScript for one WIT file, or undefined where it declares no interface (a world).
 *
 * @param {string} source @param {string} file its name, for errors and the header @returns {string | undefined}
 */
export function witToTypes(source, file) {
  const reader = new WitReader(source, file)
  reader.skipPast('package', ';')
  const docs = reader.docs
  if (reader.takeIf('world')) return undefined
  reader.take('interface')
  const name = reader.name()
  const body = printInterface(reader, pascal(name), docs)
  reader.take('')
  return `/** Made from wit/${file} by \`npm run generate\`. Do not edit. */\n${body}${body.includes('Result<') ? RESULT : ''}`
}

/** @param {WitReader} reader @param {string} name @param {string[]} docs */
function printInterface(reader, name, docs) {
  /** @type {string[]} */ const imports = []
  /** @type {string[]} */ const types = []
  /** @type {string[]} */ const functions = []
  reader.take('{')
  while (!reader.takeIf('}')) {
    const docs = reader.docs
    if (reader.takeIf('use')) imports.push(printUse(reader))
    else if (reader.takeIf('type')) types.push(`\n${comment(docs)}${printAlias(reader)}`)
    else if (reader.takeIf('record')) types.push(`\n${comment(docs)}${printRecord(reader)}`)
    else if (reader.takeIf('enum')) types.push(`\n${comment(docs)}${printCases(reader, (tag) => `'${tag}'`)}`)
    else if (reader.takeIf('variant')) types.push(`\n${comment(docs)}${printCases(reader, printVariantCase)}`)
    else if (reader.takeIf('resource')) types.push(`\n${comment(docs)}${printResource(reader)}`)
    else functions.push(`${comment(docs, '  ')}  ${printFunction(reader)}\n`)
  }
  const methods = functions.length === 0 ? '' : `\n${comment(docs)}export interface ${name} {\n${functions.join('\n')}}\n`
  return `${imports.join('')}${types.join('')}${methods}`
}

/** @param {WitReader} reader */
function printUse(reader) {
  const from = reader.name()
  reader.take('.')
  reader.take('{')
  const names = reader.list('}', () => pascal(reader.name()))
  reader.take(';')
  return `import type { ${names.join(', ')} } from './${from}.ts'\n`
}

/** @param {WitReader} reader */
function printAlias(reader) {
  const name = reader.name()
  reader.take('=')
  const type = printType(reader)
  reader.take(';')
  return `export type ${pascal(name)} = ${type}\n`
}

/** @param {WitReader} reader */
function printRecord(reader) {
  const name = reader.name()
  reader.take('{')
  const fields = reader.list('}', () => {
    const docs = comment(reader.docs, '  ')
    const field = reader.name()
    reader.take(':')
    return `${docs}  readonly ${camel(field)}: ${printType(reader)}\n`
  })
  return `export interface ${pascal(name)} {\n${fields.join('')}}\n`
}

/** Methods only: what makes one is a function of the interface. @param {WitReader} reader */
function printResource(reader) {
  const name = reader.name()
  /** @type {string[]} */ const methods = []
  reader.take('{')
  while (!reader.takeIf('}')) methods.push(`${comment(reader.docs, '  ')}  ${printFunction(reader)}\n`)
  return `export interface ${pascal(name)} {\n${methods.join('\n')}}\n`
}

/** @param {WitReader} reader @param {(tag: string, type?: string) => string} print */
function printCases(reader, print) {
  const name = reader.name()
  reader.take('{')
  const cases = reader.list('}', () => {
    const docs = comment(reader.docs, '  ')
    const tag = reader.name()
    if (!reader.takeIf('(')) return `${docs}  | ${print(tag)}\n`
    const type = printType(reader)
    reader.take(')')
    return `${docs}  | ${print(tag, type)}\n`
  })
  return `export type ${pascal(name)} =\n${cases.join('')}`
}

/** @param {string} tag @param {string} [type] */
function printVariantCase(tag, type) {
  return `{ readonly tag: '${tag}'${type === undefined ? '' : `; readonly val: ${type}`} }`
}

/** @param {WitReader} reader */
function printFunction(reader) {
  const name = reader.name()
  reader.take(':')
  reader.take('func')
  reader.take('(')
  const params = reader.list(')', () => {
    const param = reader.name()
    reader.take(':')
    return `${camel(param)}: ${printType(reader)}`
  })
  const result = reader.takeIf('->') ? printType(reader) : 'void'
  reader.take(';')
  return `${camel(name)}(${params.join(', ')}): ${result}`
}

/** @param {WitReader} reader @returns {string} */
function printType(reader) {
  if (reader.takeIf('_')) return 'undefined'
  const name = reader.name()
  const primitive = PRIMITIVES.get(name)
  if (primitive !== undefined) return primitive
  const isParametric = reader.takeIf('<')
  const isBytes = isParametric && name === 'list' && reader.text === 'u8'
  const params = isParametric ? reader.list('>', () => printType(reader)) : undefined
  const [first = 'undefined', second = 'undefined'] = params ?? []
  if (name === 'result') return `Result<${first}, ${second}>`
  if (params === undefined) return pascal(name)
  if (name === 'option') return `${first} | undefined`
  if (name === 'tuple') return `readonly [${params.join(', ')}]`
  if (name === 'list') return isBytes ? 'Uint8Array' : first.includes('|') ? `readonly (${first})[]` : `readonly ${first}[]`
  throw reader.error(`"${name}" takes no types`)
}

/** @param {readonly string[]} docs @param {string} [indent] */
function comment(docs, indent = '') {
  if (docs.length < 2) return docs.map((line) => `${indent}/** ${line} */\n`).join('')
  return `${indent}/**\n${docs.map((line) => `${indent} * ${line}\n`).join('')}${indent} */\n`
}

/** @param {string} name */
function camel(name) {
  return name.replace(/-([a-z0-9])/g, (_, letter) => letter.toUpperCase())
}

/** @param {string} name */
function pascal(name) {
  return camel(`-${name}`)
}

/** Names in src/generated with their texts, for everything in wit/. @returns {Promise<ReadonlyMap<string, string>>} */
export async function generateAll() {
  const files = new Map()
  for (const file of (await readdir(`${ROOT}wit`)).sort()) {
    const types = file.endsWith('.wit') ? witToTypes(await readFile(`${ROOT}wit/${file}`, 'utf8'), file) : undefined
    if (types !== undefined) files.set(file.replace(/\.wit$/, '.ts'), types)
  }
  return files
}
