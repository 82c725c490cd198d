/**
 * The transpiler's JavaScript becomes the one statement that a worker's source ends with: `gloveboxGlue(function (realm) { ... })`. Comments,
 * indentation and debugging lines go (they are half of it, and cost at every call). What comes out is parsed as the classic script that it
 * will be part of: an injection that got past the name gate must not add a statement, a module, or an HTML comment that hides code.
 */
import { parse, type Node, type Token } from 'acorn'
import { LaneError, PackageError } from '../../errors.ts'
import { mendCode } from './mend.ts'

/** What the worker's source defines before the glue runs. */
const CALLEE = 'gloveboxGlue'

/**
 * `realm` may bring timers and a console of the worker's choice (the glue polls with setTimeout when async functions wait). The names
 * are bound here, since the worker has no console and the glue shall print nothing.
 */
const HEAD = `${CALLEE}(function (realm) {"use strict";
const setTimeout = realm?.setTimeout ?? globalThis.setTimeout, console = realm?.console ?? { debug() {}, error() {}, log() {}, warn() {} };
`
const FOOT = '\nreturn instantiate})'

/**
 * Characters of glue that a worker starts with in every engine as a blob: (0.02 ms a KB in Chromium 156). Where only data: workers start, the
 * page has a lower limit. The largest honest glue met, of a Python component with all of WASI, has 1.0 M.
 */
const MAX_GLUE_CHARS = 8 * 2 ** 20

/** @throws {PackageError} unsafe-glue @throws {LaneError} glue-too-large */
export function makeGlue(source: string): string {
  if (source.length > 2 * MAX_GLUE_CHARS) throw tooLarge(source.length)
  const glue = compact(HEAD + mendCode(source) + FOOT)
  if (glue.length > MAX_GLUE_CHARS) throw tooLarge(glue.length)
  checkGlue(glue)
  return glue
}

/** @throws {PackageError} unsafe-glue unless `glue` is exactly the one expected statement */
export function checkGlue(glue: string): void {
  if (/<!--|-->/.test(glue)) throw unsafe('has an HTML comment')
  const { body } = parseScript(glue)
  const [statement, ...more] = body
  if (statement?.type !== 'ExpressionStatement' || more.length > 0) throw unsafe(`has ${body.length} statements instead of one`)
  const { expression } = statement
  const isCall = expression.type === 'CallExpression' && expression.callee.type === 'Identifier' && expression.callee.name === CALLEE
  if (!isCall || expression.arguments.length !== 1 || expression.arguments[0]?.type !== 'FunctionExpression') throw unsafe('is not the expected call')
  for (const node of nodesOf(statement)) {
    const { type } = node
    if (type === 'ImportExpression' || type === 'WithStatement' || (type === 'MetaProperty' && !isNewTarget(node))) throw unsafe(`holds a ${type}`)
  }
}

/** In the constructors of a component's resources. */
function isNewTarget(node: Node): boolean {
  const { meta } = node as Partial<{ readonly meta: { readonly name: string } }> // by its type
  return meta?.name === 'new'
}

/** The same tokens with the least between them, without calls of the debugging function. Line ends stay: they can end a statement. */
function compact(text: string): string {
  const tokens: Token[] = []
  const drops = findDebugging(parseScript(text, tokens))
  const parts: string[] = []
  let [previous, next] = [0, 0]
  for (const { start, end } of tokens) {
    while ((drops[next]?.end ?? Infinity) <= start) next += 1
    const drop = drops[next]
    if (drop === undefined || start < drop.start) parts.push(separator(text, previous, start), text.slice(start, end))
    else if (start === drop.start) parts.push(';')
    previous = end
  }
  return parts.join('')
}

function separator(text: string, from: number, to: number): string {
  if (from === to) return ''
  const gap = text.slice(from, to)
  return gap.includes('\n') ? '\n' : ' '
}

/** Statements `_debugLog(...)`, in order; none lies in another. */
function findDebugging(program: Node): Node[] {
  const found: Node[] = []
  for (const node of nodesOf(program, isDebugging)) if (isDebugging(node)) found.push(node)
  return found.sort((a, b) => a.start - b.start)
}

type StatementLike = Partial<{ readonly expression: { readonly type: string; readonly callee?: { readonly name?: string } } }>

function isDebugging(node: Node): boolean {
  const { expression } = node as StatementLike // by its type
  return node.type === 'ExpressionStatement' && expression?.type === 'CallExpression' && expression.callee?.name === '_debugLog'
}

/** All nodes below and with `root`, by a stack of our own: depth is the glue's. `isLeaf`: not to look into. */
function* nodesOf(root: Node, isLeaf: (node: Node) => boolean = () => false): Generator<Node> {
  const stack: Node[] = [root]
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    yield node
    if (isLeaf(node)) continue
    for (const child of Object.values(node)) {
      if (isNode(child)) stack.push(child)
      else if (Array.isArray(child)) for (const one of child) if (isNode(one)) stack.push(one)
    }
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}

function parseScript(text: string, onToken: Token[] = []): ReturnType<typeof parse> {
  try {
    return parse(text, { ecmaVersion: 2023, sourceType: 'script', onToken })
  } catch (cause) {
    throw unsafe('does not parse as a classic script', cause)
  }
}

function unsafe(what: string, cause?: unknown): PackageError {
  return new PackageError('unsafe-glue', `The code made for the component ${what}.`, { cause })
}

function tooLarge(chars: number): LaneError {
  const message = `The code made for the component has ${chars} characters; a worker is started with at most ${MAX_GLUE_CHARS}.`
  return new LaneError('glue-too-large', message, { details: { chars, maxChars: MAX_GLUE_CHARS } })
}
