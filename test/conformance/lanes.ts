/**
 * What an app may expect of every lane, whatever the guest is made of: one guest a lane with the same exports, and the same expectations of
 * each. Where a lane differs, `Lane` says how.
 */
import type { Extension, Glovebox, GloveboxOptions } from 'glovebox'
import { beforeAll, describe, expect, test } from 'vitest'
import { codeOf, failure, limitsOf, logsOf, openBox, until } from '../browser/box-harness.ts'
import { loadFixture, preparedFixture } from '../browser/component-harness.ts'

interface Lane {
  readonly name: 'script' | 'component' | 'core'
  readonly manifest: Record<string, unknown>
  /** Its code, or the name of its file in test/fixtures/. */
  readonly guest: string
  /** The guest with a capability among its imports; none where the lane has none. */
  readonly capable?: string
  /** A function can fail with a value of the guest's own. */
  readonly canThrow: boolean
  /** A capability can only be had where the engine makes an import wait. */
  readonly waits: boolean
  /** Memory lasts from one call to the next, with the lifetime of a session. */
  readonly keepsMemory: boolean
}

const SCRIPT = `
  let calls = 0
  export const add = (a, b) => (a + b) | 0
  export const echo = (text) => text
  export const fail = (message) => { throw new Error(message) }
  export const say = (text) => console.log(text)
  export const count = () => ++calls
  export const crash = () => { const next = () => next(); return next() }
  export const deep = () => { const next = (n) => 1 + next(n + 1); return next(0) }
  export const spin = () => { for (;;) {} }
  export const hog = () => { const all = []; try { for (;;) all.push(new ArrayBuffer(2 ** 22)) } catch { return true } }
  export const recall = async (key) => {
    try { return new TextDecoder().decode(await glovebox.storage.get(key)) || 'nothing' } catch (error) { return error.code }
  }`

const LANES: readonly Lane[] = [
  {
    name: 'script', manifest: { entry: 'main.js' }, guest: SCRIPT, capable: SCRIPT,
    canThrow: true, waits: false, keepsMemory: true,
  },
  {
    name: 'component', manifest: { entry: 'main.wasm' }, guest: 'lanes/component', capable: 'lanes/component-storage',
    canThrow: true, waits: true, keepsMemory: true,
  },
  {
    name: 'core', manifest: { entry: 'main.wasm', core: { abi: 'json' } }, guest: 'lanes/core',
    canThrow: false, waits: false, keepsMemory: false,
  },
]

const READING = [{ name: 'storage:read', scope: { prefixes: ['a'] }, reason: 'to test' }]
const hasJspi = typeof Reflect.get(WebAssembly, 'Suspending') === 'function'

interface LaneTools {
  install(box: Glovebox, manifest?: Record<string, unknown>): Promise<Extension>
  open(manifest?: Record<string, unknown>, options?: Partial<GloveboxOptions>): Promise<Extension>
}

function useLane(lane: Lane, guest: string): LaneTools {
  let source: Uint8Array | string
  beforeAll(async () => {
    source = lane.name === 'script' ? guest : await loadFixture(guest)
  })
  const prepared = lane.name === 'component' ? { prepared: preparedFixture(guest) } : {}
  const install: LaneTools['install'] = (box, manifest = {}) => {
    const entry = String(lane.manifest['entry'])
    const permissions = lane.capable ? READING : []
    return box.install({
      manifest: { id: 'com.example.lane', name: 'Lane', version: '1.0.0', lane: lane.name, ...lane.manifest, files: [entry], permissions, ...manifest },
      files: { [entry]: typeof source === 'string' ? source : source.slice() },
    })
  }
  return { install, open: async (manifest = {}, options = {}) => install(await openBox({ ...prepared, ...options }), manifest) }
}

/** Apart: WebKit never frees the thread of a WebAssembly loop without calls, so there they run in a browser of their own. */
export function describeLoops(): void {
  describe.each(LANES)('the lane $name', (lane) => {
    const { open } = useLane(lane, lane.guest)

    test('ends a loop at the deadline, and the next call gets a new instance', async () => {
      const extension = await open()
      const limits = limitsOf(extension)
      await extension.start()

      expect(await codeOf(extension.call('spin', [], { timeoutMs: 500 }))).toBe('deadline-exceeded')
      expect(await extension.call('add', [1, 1])).toBe(2)
      expect(limits.map(({ code }) => code)).toContain('deadline-exceeded')
    })
  })
}

export function describeLanes(): void {
  describe.each(LANES)('the lane $name', (lane) => {
    const { install, open } = useLane(lane, lane.guest)

    describe('a call', () => {
      test('gives what the function gives', async () => {
        const extension = await open()

        expect(await extension.call('add', [2, 3])).toBe(5)
        expect(await extension.call('echo', ['h\u00e9llo \u{1f30d} "quoted"'])).toBe('h\u00e9llo \u{1f30d} "quoted"')
        expect(await (extension.exports['add']?.(40, 2))).toBe(42)
      })

      test('of a text of a megabyte comes back whole', async () => {
        const extension = await open()
        const text = 'abc\u00e9'.repeat(250_000)

        expect((await extension.call('echo', [text])) === text).toBe(true)
      })

      test('of a missing function is told so, and others go on', async () => {
        const extension = await open()

        expect(await codeOf(extension.call('absent'))).toBe('export-missing')
        expect(await extension.call('add', [1, 1])).toBe(2)
      })

      test('may be made many times at once', async () => {
        const extension = await open()

        const sums = await Promise.all(Array.from({ length: 100 }, (_, index) => extension.call('add', [index, 1])))
        expect(sums).toEqual(Array.from({ length: 100 }, (_, index) => index + 1))
      })

      test.runIf(lane.canThrow)('that fails has the guest\'s own word', async () => {
        const extension = await open()

        const error = await failure(extension.call('fail', ['so it is']))
        expect(error).toMatchObject({ name: 'GuestError', code: 'thrown' })
        expect(`${error.message} ${String(error['payload'] ?? '')}`).toContain('so it is')
        expect(await extension.call('add', [1, 1])).toBe(2)
      })

      test('of a message that is larger than allowed is refused, and others go on', async () => {
        const extension = await open({ limits: { messageBytes: 10_000 } })

        expect(await codeOf(extension.call('echo', ['x'.repeat(20_000)]))).toBe('message-too-large')
        expect(await extension.call('add', [1, 1])).toBe(2)
      })

      test('that was aborted rejects with the reason', async () => {
        const extension = await open()
        const reason = new Error('not any more')

        expect(await failure(extension.call('echo', ['x'], { signal: AbortSignal.abort(reason) }))).toBe(reason)
      })
    })

    describe('an instance', () => {
      test('that dies is replaced at the next call', async () => {
        const extension = await open()

        expect(['crashed', 'stack-overflow']).toContain(await codeOf(extension.call('crash')))
        expect(await extension.call('add', [1, 1])).toBe(2)
      })

      test('that recurses too deep ends so, and the next call is served', async () => {
        const extension = await open()

        expect(['stack-overflow', 'crashed']).toContain(await codeOf(extension.call('deep')))
        expect(await extension.call('add', [1, 1])).toBe(2)
      })

      test('gets no more memory than its limit', async () => {
        const extension = await open({ limits: { memoryMib: 32 } })

        expect([true, undefined]).toContain(await extension.call('hog'))
        expect(await extension.call('add', [1, 1])).toBe(2)
        const [instance] = (await extension.inspect()).instances
        expect(instance?.memoryBytes ?? 0).toBeLessThanOrEqual(32 * 2 ** 20)
      })

      test('of a session keeps its memory, of a call forgets it', async () => {
        const session = await open()
        const call = await open({ lifetime: 'call' })

        expect([await session.call('count'), await session.call('count')]).toEqual(lane.keepsMemory ? [1, 2] : [1, 1])
        expect([await call.call('count'), await call.call('count')]).toEqual([1, 1])
      })

      test('that was stopped begins anew', async () => {
        const extension = await open()
        await extension.call('count')

        await extension.stop()

        expect(extension.state).toBe('stopped')
        expect(await extension.call('count')).toBe(1)
      })

      test('is gone after dispose, and its calls reject', async () => {
        const box = await openBox()
        const extension = await install(box)
        await extension.start()

        box.dispose()

        expect(await codeOf(extension.call('add', [1, 1]))).toBe('disposed')
      })
    })

    const { capable } = lane
    describe.runIf(capable && (!lane.waits || hasJspi))('a capability', () => {
      const { open } = useLane(lane, capable ?? lane.guest)

      test('gives the host\'s answer', async () => {
        expect(await (await open()).call('recall', ['a'])).toBe('nothing')
      })

      test('that is not granted is denied in the guest\'s own terms', async () => {
        expect(await (await open()).call('recall', ['b'])).toBe('permission-denied')
      })

      test('that was revoked is refused from then on', async () => {
        const extension = await open()
        await extension.call('recall', ['a'])

        await extension.permissions.revoke('storage:read')

        expect(await extension.call('recall', ['a'])).toBe('permission-revoked')
      })

      test('log carries level and call', async () => {
        const extension = await open()
        const lines = logsOf(extension)

        await extension.call('say', ['hello'])

        await until(() => lines.length > 0, 'the line')
        expect(lines[0]).toMatchObject({ level: 'info', text: 'hello', call: 1 })
      })
    })
  })
}
