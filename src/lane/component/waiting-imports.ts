/**
 * Which imports of a component wait for something outside its worker, and so decide how it is transpiled: without any it runs synchronously,
 * which is faster and works in every engine. The import implementations must agree: one that is not named here never returns a promise.
 *
 * Streams wait only on what crosses the wire: bodies of requests and, in commands, standard input and output. Files are in memory, so that
 * most components, whose standard library merely could poll, do not wait. `handle` of wasi:http answers at once with a future, which is polled.
 */
import type { World } from '../wasm/world.ts'

export interface Waits {
  /** As the transpiler takes them: `wasi:io/poll#poll`, without versions. */
  readonly imports: readonly string[]
  /** Names of the functions that may be on the stack while one waits: all exports. */
  readonly exports: readonly string[]
  /** The component is of no use where nothing can wait: what it asks for comes from the page. Else it only sleeps, which can be done by spinning. */
  readonly isEssential: boolean
}

const POLL = ['poll', '[method]pollable.block'] as const
const STREAMS = [
  '[method]input-stream.blocking-read', '[method]input-stream.blocking-skip', '[method]output-stream.blocking-flush',
  '[method]output-stream.blocking-splice', '[method]output-stream.blocking-write-and-flush',
  '[method]output-stream.blocking-write-zeroes-and-flush',
] as const

/** What makes a pollable of a clock. */
const TIMERS = ['subscribe-duration', 'subscribe-instant'] as const

/**
 * Interfaces whose every function asks the page, and waits for its answer: also those that are neither WASI's nor ours, which the app or another
 * extension provides. One named `types` is taken to have no functions, as is usual: else a component that shares types would have to wait.
 */
const ALL_WAIT = /^(wasi:keyvalue\/|glovebox:host\/(?!log$|types$|caller$)|(?!wasi:|glovebox:)[^:]+:(?!.*\/types(?:@|$)))/
const HTTP = 'wasi:http/outgoing-handler'
/** Exports of these get or give streams that are the page's. */
const STREAMING_EXPORTS: ReadonlySet<string> = new Set(['wasi:http/incoming-handler', 'wasi:cli/run'])

/** @param usedFunctions  names that any part of the component takes from an instance */
export function findWaits({ imports, exports }: World, usedFunctions: ReadonlySet<string>): Waits {
  const names = new Set(imports.map(({ name }) => unversioned(name)))
  const streams = names.has(HTTP) || exports.some(({ name }) => STREAMING_EXPORTS.has(unversioned(name)))
  const polls = streams || TIMERS.some((name) => usedFunctions.has(name))
  const functionsOf = (name: string): Iterable<string> => {
    if (name === 'wasi:io/poll') return polls ? POLL : []
    if (name === 'wasi:io/streams') return streams ? STREAMS : []
    return ALL_WAIT.test(name) ? usedFunctions : []
  }
  const waiting = [...names].flatMap((name) => [...functionsOf(name)].filter((one) => usedFunctions.has(one)).map((one) => `${name}#${one}`))
  const callable = exports.flatMap((item) => (item.kind === 'function' ? [item.name] : (item.functions ?? [])))
  return {
    imports: waiting,
    // A constructor of JavaScript cannot return a promise.
    exports: [...new Set(callable)].filter((name) => !name.startsWith('[constructor]')),
    isEssential: names.has(HTTP) || [...names].some((name) => ALL_WAIT.test(name)),
  }
}

/** `wasi:io/poll@0.2.3` → `wasi:io/poll`, the key under which the glue takes its imports. */
export function unversioned(name: string): string {
  return name.replace(/@.*$/, '')
}
