// @ts-check
/**
 * Makes src/generated/*.ts from wit/*.wit: `node src/build/wit-types.mjs`. Reads the part of WIT that this project uses (interfaces with
 * types, records, variants, enums, functions; `use`); anything else is an error that names file and line, never a guess.
 * https://component-model.bytecodealliance.org/design/wit.html
 */
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const TOKEN = /\s+|(\/\/\/[^\n]*)|\/\/[^\n]*|(->|%?[a-z][a-z0-9-]*|[0-9][0-9.]*|[{}()<>=:;,.@/_])/gy
const PRIMITIVES = new Map([
  ['bool', 'boolean'], ['string', 'string'], ['char', 'string'], ['u8', 'number'], ['u16', 'number'], ['u32', 'number'], ['s32', 'number'],
  ['f32', 'number'], ['f64', 'number'], ['u64', 'bigint'], ['s64', 'bigint'],
])

/** @typedef {{ text: string, docs: string[], line: number }} Token */

/**
 * TypeScript for one WIT file, or undefined where it declares no interface (a world).
 *
 * @param {string} source @param {string} file its name, for errors and the header @returns {string | undefined}
 */
export function witToTypes(source, file) {
  const reader = new Reader(source, file)
  reader.skipPast('package', ';')
  const docs = reader.docs
  if (reader.takeIf('world')) return undefined
  reader.take('interface')
  const name = reader.name()
  const body = printInterface(reader, pascal(name), docs)
  reader.take('')
  const result = body.includes('Result<') ? '\nexport type Result<T, E> = { readonly tag: \'ok\'; readonly val: T } | { readonly tag: \'err\'; readonly val: E }\n' : ''
  return `/** Made from wit/${file} by \`node src/build/wit-types.mjs\`. Do not edit. */\n${body}${result}`
}

class Reader {
  /** @type {Token[]} */ #tokens = []
  #at = 0

  /** @param {string} source @param {string} file */
  constructor(source, file) {
    this.file = file
    /** @type {string[]} */
    let docs = []
    let line = 1
    TOKEN.lastIndex = 0
    while (TOKEN.lastIndex < source.length) {
      const start = TOKEN.lastIndex
      const match = TOKEN.exec(source)
      if (match === null) throw new SyntaxError(`${file}:${line}: ${JSON.stringify(source[start])} is not understood`)
      if (match[1] !== undefined) docs.push(match[1].slice(3).trim())
      if (match[2] !== undefined) {
        this.#tokens.push({ text: match[2], docs, line })
        docs = []
      }
      line += match[0].split('\n').length - 1
    }
    this.#tokens.push({ text: '', docs: [], line })
  }

  /** @returns {Token} */
  get #next() {
    return this.#tokens[this.#at] ?? { text: '', docs: [], line: 0 }
  }

  /** Of what comes next. */
  get docs() {
    return this.#next.docs
  }

  /** @param {string} text */
  takeIf(text) {
    if (this.#next.text !== text) return false
    this.#at++
    return true
  }

  /** @param {string} text */
  take(text) {
    if (!this.takeIf(text)) throw this.error(`expected ${text === '' ? 'the end' : JSON.stringify(text)}`)
  }

  name() {
    const { text } = this.#next
    if (!/^%?[a-z]/.test(text)) throw this.error('expected a name')
    this.#at++
    return text.replace('%', '')
  }

  /** @param {string} first @param {string} last */
  skipPast(first, last) {
    this.take(first)
    while (!this.takeIf(last)) {
      if (this.#next.text === '') throw this.error(`expected ${JSON.stringify(last)}`)
      this.#at++
    }
  }

  /** Items up to `close`, with commas between them and one allowed after the last. @template T @param {string} close @param {() => T} item @returns {T[]} */
  list(close, item) {
    const items = []
    while (!this.takeIf(close)) {
      items.push(item())
      if (!this.takeIf(',')) {
        this.take(close)
        break
      }
    }
    return items
  }

  /** @param {string} what */
  error(what) {
    return new SyntaxError(`${this.file}:${this.#next.line}: ${what}, got ${JSON.stringify(this.#next.text)}`)
  }
}

/** @param {Reader} reader @param {string} name @param {string[]} docs */
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
    else if (reader.takeIf('variant')) types.push(`\n${comment(docs)}${printCases(reader, (tag, type) => `{ readonly tag: '${tag}'${type === undefined ? '' : `; readonly val: ${type}`} }`)}`)
    else functions.push(`${comment(docs, '  ')}  ${printFunction(reader)}\n`)
  }
  const methods = functions.length === 0 ? '' : `\n${comment(docs)}export interface ${name} {\n${functions.join('\n')}}\n`
  return `${imports.join('')}${types.join('')}${methods}`
}

/** @param {Reader} reader */
function printUse(reader) {
  const from = reader.name()
  reader.take('.')
  reader.take('{')
  const names = reader.list('}', () => pascal(reader.name()))
  reader.take(';')
  return `import type { ${names.join(', ')} } from './${from}.ts'\n`
}

/** @param {Reader} reader */
function printAlias(reader) {
  const name = reader.name()
  reader.take('=')
  const type = printType(reader)
  reader.take(';')
  return `export type ${pascal(name)} = ${type}\n`
}

/** @param {Reader} reader */
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

/** @param {Reader} reader @param {(tag: string, type?: string) => string} print */
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

/** @param {Reader} reader */
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

/** @param {Reader} reader @returns {string} */
function printType(reader) {
  if (reader.takeIf('_')) return 'undefined'
  const name = reader.name()
  const primitive = PRIMITIVES.get(name)
  if (primitive !== undefined) return primitive
  const params = reader.takeIf('<') ? reader.list('>', () => printType(reader)) : undefined
  const [first = 'undefined', second = 'undefined'] = params ?? []
  if (name === 'result') return `Result<${first}, ${second}>`
  if (params === undefined) return pascal(name)
  if (name === 'option') return `${first} | undefined`
  if (name === 'tuple') return `readonly [${params.join(', ')}]`
  if (name === 'list') return first.includes('|') ? `readonly (${first})[]` : `readonly ${first}[]`
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

/** File name in src/generated → text, for everything in wit/. @returns {Promise<ReadonlyMap<string, string>>} */
export async function generateAll() {
  const files = new Map()
  for (const file of (await readdir(`${ROOT}wit`)).sort()) {
    const types = file.endsWith('.wit') ? witToTypes(await readFile(`${ROOT}wit/${file}`, 'utf8'), file) : undefined
    if (types !== undefined) files.set(file.replace(/\.wit$/, '.ts'), types)
  }
  return files
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await mkdir(`${ROOT}src/generated`, { recursive: true })
  for (const [file, text] of await generateAll()) await writeFile(`${ROOT}src/generated/${file}`, text)
}
