import { expect, test } from 'vitest'
import { scopeOf, type LogUncaught } from '../../../../src/guest/script/global/scope.ts'
import { load, call } from '../script/harness.ts'
import { createHarness } from './harness.ts'

interface Listening { addEventListener(type: string, listener: (event: Event) => void): void }

function setup(): { scope: ReturnType<typeof scopeOf>; listening: Listening; logged: [unknown, string][]; log: LogUncaught } {
  const { bridge } = createHarness()
  const scope = scopeOf(bridge)
  const add: unknown = Reflect.get(scope.prototype, 'addEventListener')
  const logged: [unknown, string][] = []
  return {
    scope,
    listening: { addEventListener: (...args) => void Reflect.apply(add as () => void, undefined, args) },
    logged,
    log: (error, where) => void logged.push([error, where]),
  }
}

test('logs what no listener prevents', () => {
  const { scope, listening, logged, log } = setup()
  const seen: string[] = []
  listening.addEventListener('error', (event) => void seen.push(event.type))

  scope.report('e', log)
  scope.reportRejection(Promise.resolve(), 'r', log)
  listening.addEventListener('error', (event) => event.preventDefault())
  listening.addEventListener('unhandledrejection', (event) => event.preventDefault())
  scope.report('e2', log)
  scope.reportRejection(Promise.resolve(), 'r2', log)

  expect(logged).toEqual([['e', 'Uncaught'], ['r', 'Uncaught (in promise)']])
  expect(seen).toEqual(['error', 'error'])
})

test('an error while reporting is logged, not reported again', () => {
  const { scope, listening, logged, log } = setup()
  listening.addEventListener('error', () => scope.report('inner', log))

  scope.report('outer', log)

  expect(logged.map(([error]) => error)).toEqual(['inner', 'outer'])
})

test('tells of a rejection that was handled late', () => {
  const { scope, listening } = setup()
  const seen: unknown[] = []
  listening.addEventListener('rejectionhandled', (event) => void seen.push(event.type, event.cancelable, Reflect.get(event, 'reason')))

  scope.reportHandled(Promise.resolve(), 5)

  expect(seen).toEqual(['rejectionhandled', false, 5])
})

test('an error says where it was thrown, without running what the guest put on it', async () => {
  const { vm } = await load(`export const run = () => {
    const seen = []
    onerror = (...args) => { seen.push(args.slice(0, 4)); return true }
    reportError(new RangeError('where'))
    reportError(Object.assign(Object.create(null), { message: 'bare' }))
    reportError({ get message() { throw 1 }, get stack() { throw 2 } })
    reportError(new Proxy({}, { get() { throw 3 } }))
    return seen
  }`)

  expect(await call(vm, 'run')).toEqual([
    ['Uncaught RangeError: where', 'main.js', 4, expect.any(Number)], ['Uncaught bare', '', 0, 0], ['Uncaught ', '', 0, 0], ['Uncaught ', '', 0, 0],
  ])
})
