/** Components in a real box, run in a worker of the opaque frame. */
import type { Extension, GuestHandle } from 'glovebox'
import { describe, expect, test } from 'vitest'
import { codeOf, openBox, until } from './box-harness.ts'
import { componentPackage, installComponent } from './component-harness.ts'

const install = (manifest: Record<string, unknown> = {}): Promise<Extension> => installComponent('values/values', manifest)

describe('a component', () => {
  test('that the page prepares itself answers calls', async () => {
    const box = await openBox()
    const extension = await box.install(await componentPackage('values/values'))

    expect(await extension.call('api.forecast', [{ city: 'Paris', days: 2 }])).toEqual(['Paris 0', 'Paris 1'])
    expect(await extension.call('acme:values/api@1.2.0#big', [2n ** 63n, -1n])).toEqual([2n ** 63n, -1n])
    expect(await extension.call('topLevel', ['x'])).toBe('X')
  })

  test('fails with its payload', async () => {
    const extension = await install()

    await expect(extension.call('api.forecast', [{ city: 'Nowhere' }])).rejects.toMatchObject({
      code: 'thrown', guestCode: 'unknown-city', payload: { tag: 'unknown-city', val: 'Nowhere' },
    })
  })

  test('that traps starts again at the next call', async () => {
    const extension = await install()
    await extension.call('count')

    expect(await codeOf(extension.call('api.crash'))).toBe('crashed')

    expect(await extension.call('count')).toBe(1)
  })

  test('that recurses too deep is told so, or as a crash', async () => {
    const extension = await install()

    expect(['stack-overflow', 'crashed']).toContain(await codeOf(extension.call('api.deep', [2 ** 31])))
    expect(await extension.call('count')).toBe(1)
  })

  test('with the lifetime of a call has fresh memory each time', async () => {
    const extension = await install({ lifetime: 'call' })

    expect(await extension.call('count')).toBe(1)
    expect(await extension.call('count')).toBe(1)
  })

  test('prints to the log', async () => {
    const extension = await install()
    const lines: string[] = []
    extension.addEventListener('log', ({ detail }) => void lines.push(`${detail.level} ${detail.text}`))

    await extension.call('print', ['one\ntwo'])

    expect(lines).toEqual(['info one', 'error to stderr', 'info two'])
  })
})

test('a component that is a command runs', async () => {
  // Its input and output may be streams: where nothing can wait it is refused.
  if (typeof Reflect.get(WebAssembly, 'Suspending') !== 'function') return
  const extension = await installComponent('command/command')
  const chunks: Uint8Array[] = []

  const { exitCode, stdout } = await extension.run({ args: ['upper'], stdin: 'abc' })
  const failed = await extension.run({ args: ['exit', 'x'], stderr: new WritableStream({ write: (chunk) => void chunks.push(chunk) }) })

  expect([exitCode, new TextDecoder().decode(stdout), failed.exitCode]).toEqual([0, 'ABC', 1])
  expect(new TextDecoder().decode(chunks[0])).toContain('leaving')
  expect(await codeOf((await install()).run())).toBe('export-missing')
})

describe('a resource of a component', () => {
  const make = async (extension: Extension, start: number): Promise<GuestHandle> => await extension.call('api.counter', [start]) as GuestHandle

  test('is a handle with methods, which goes back in as an argument', async () => {
    const extension = await install()

    const counter = await make(extension, 40)

    expect(counter.type).toBe('Counter')
    expect(await counter.call('add', [2])).toBe(42)
    expect(await extension.call('api.counter.look', [counter])).toBe(42)
    expect(await extension.call('api.counter.take', [counter])).toBe(42)
    expect(await codeOf(counter.call('add', [1]))).toBe('handle-stale')
  })

  test('comes in lists, each with a life of its own', async () => {
    const extension = await install()
    const counters = await extension.call('api.makeCounters', [3]) as GuestHandle[]

    counters[1]?.dispose()

    expect(await counters[2]?.call('add', [10])).toBe(12)
    expect(await codeOf(counters[1]?.call('add', [1]) ?? Promise.resolve())).toBe('handle-stale')
  })

  test.each<[string, (extension: Extension) => unknown]>([
    ['stopped', (extension) => extension.stop()],
    ['died of a trap', (extension) => extension.call('api.crash').catch(() => undefined)],
  ])('is stale when its instance %s', async (_name, end) => {
    const extension = await install()
    const counter = await make(extension, 1)

    await end(extension)

    expect(await codeOf(counter.call('add', [1]))).toBe('handle-stale')
    expect(await codeOf(extension.call('api.counter.look', [counter]))).toBe('handle-stale')
    expect(await extension.call('count')).toBe(1)
  })

  test('is stale when a call that was aborted is left with its memory, and the room it had is free again', async () => {
    if (!('Suspending' in WebAssembly)) return
    const { default: fixtures } = await import('virtual:glovebox-wat')
    const box = await openBox()
    const extension = await box.install({
      manifest: { id: 'com.example.sleeper', name: 'Test', version: '1.0.0', lane: 'component', entry: 'main.wasm', files: ['main.wasm'], limits: { handles: 2 } },
      files: { 'main.wasm': Uint8Array.from(atob(fixtures['sleeper']?.component ?? ''), (character) => character.charCodeAt(0)) },
    })
    const before = [await extension.call('things.make'), await extension.call('things.make')] as GuestHandle[]
    const abort = new AbortController()
    const left = codeOf(extension.call('nap', [60_000_000_000n], { signal: abort.signal }))
    const queued = extension.call('things.make')
    await until(async () => (await extension.inspect()).instances.some(({ pendingCalls }) => pendingCalls.length === 2), 'it to sleep')
    abort.abort(new Error('enough'))
    await left
    const after = [await queued, await extension.call('things.make')] as GuestHandle[]

    expect(after.map(({ type }) => type)).toEqual(['Thing', 'Thing'])
    expect(await codeOf(before[0]?.call('x') ?? Promise.resolve())).toBe('handle-stale')
    expect(await codeOf(after[0]?.call('x') ?? Promise.resolve()), 'it is there, without methods').toBe('export-missing')
    expect(await codeOf(extension.call('things.make'))).toBe('too-many-handles')
    before[1]?.dispose()
    after[1]?.dispose()
    expect(await extension.call('things.make')).toMatchObject({ type: 'Thing' })
  })

  test('that the component took back has its room until the page lets go of it', async () => {
    const extension = await install({ limits: { handles: 1 } })
    const counter = await make(extension, 1)
    await extension.call('api.counter.take', [counter])
    expect(await codeOf(counter.call('add', [1]))).toBe('handle-stale')

    expect(await codeOf(make(extension, 1))).toBe('too-many-handles')
    counter.dispose()
    expect(await (await make(extension, 1)).call('add', [1])).toBe(2)
  })

  test('of another extension does not cross', async () => {
    const [first, second] = [await install(), await install()]
    const counter = await make(first, 1)

    expect(await codeOf(second.call('api.counter.look', [counter]))).toBe('value-unsupported')
  })

  test('does not outlive a call where memory is fresh for each', async () => {
    const extension = await install({ lifetime: 'call' })
    const counter = await make(extension, 1)

    expect(await codeOf(counter.call('add', [1]))).toBe('handle-stale')
  })
})
