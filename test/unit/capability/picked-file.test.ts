import { expect, test } from 'vitest'
import { Chooser } from '../../../src/capability/chooser.ts'
import { createPickedFileCapability, type FilePicker, type OpenRequest } from '../../../src/capability/picked-file.ts'
import { call, codeOf, FakeCaller, gesturesOf, sizeOf, streamOf, type Bytes } from './harness.ts'

const PERMISSIONS = (['file:read', 'file:write'] as const).map((name) => ({ name, scope: { directories: [], picked: true }, reason: '' }))

interface Picked { readonly handle: number; readonly name: string; readonly size: number }

function setup(given: Partial<FilePicker> = {}) {
  const state = { isActive: true, paused: 0, requests: [] as OpenRequest[], names: [] as string[], written: 0, end: '' }
  const picker: FilePicker = {
    open: async (request) => {
      state.requests.push(request)
      return [new File(['hello'], 'a.txt', { type: 'text/plain' }), new File([], 'b\u202etxt.exe')]
    },
    save: async (name) => {
      state.names.push(name)
      return {
        write: async (bytes) => void (state.written += bytes.byteLength),
        close: async () => void (state.end += 'closed'),
        abort: async () => void (state.end += 'aborted'),
      }
    },
    ...given,
  }
  const pause = () => {
    state.paused++
    return () => void state.paused--
  }
  const capability = createPickedFileCapability({ picker, chooser: new Chooser({ gestures: gesturesOf(() => state.isActive), pause }) })
  const use = (caller: FakeCaller, method: string, ...args: unknown[]) => call(capability, caller, `picked.${method}`, ...args)
  return { state, use, pick: async (caller: FakeCaller) => (await use(caller, 'open', {})) as Picked[] }
}

function openDialog() {
  let resolve: (files: readonly File[]) => void = () => undefined
  const promise = new Promise<readonly File[]>((settle) => {
    resolve = settle
  })
  return { promise, resolve: (files: readonly File[]) => resolve(files) }
}

const bytes = (size: number): Bytes => new Uint8Array(size)

test('gives names, sizes and bytes of what the user picked', async () => {
  const { state, use } = setup()
  const caller = new FakeCaller(PERMISSIONS)
  const files = (await use(caller, 'open', { accept: ['.csv', 'image/*'], multiple: true })) as Picked[]

  expect(state.requests).toEqual([{ accept: ['.csv', 'image/*'], multiple: true }])
  expect(files).toMatchObject([{ name: 'a.txt', size: 5, type: 'text/plain' }, { name: 'b\\u202etxt.exe', size: 0 }])
  for (const again of [0, 1]) {
    const stream = caller.sent.get(Number(await use(caller, 'read', files[0]?.handle)))
    expect([again, await sizeOf(stream ?? streamOf())]).toEqual([again, 5])
  }
})

test('asks for nothing without a grant of picked files, and opens no dialog without a gesture', async () => {
  const { state, use } = setup()
  const directories = new FakeCaller([{ name: 'file:read', scope: { directories: ['/data'] }, reason: '' }])
  expect(await codeOf(use(directories, 'open', {}))).toBe('permission-denied')
  state.isActive = false

  expect(await codeOf(use(new FakeCaller(PERMISSIONS), 'open', {}))).toBe('gesture-required')
  expect(state.requests).toEqual([])
})

test('a handle is for the instance that asked, until that ends, closes it, or the grant is revoked', async () => {
  const { use, pick } = setup()
  const [first, second, other] = [new FakeCaller(PERMISSIONS), new FakeCaller(PERMISSIONS), new FakeCaller(PERMISSIONS)]
  const [file, empty] = await pick(first)
  const [theirs] = await pick(second)

  expect(await codeOf(use(other, 'read', file?.handle))).toBe('invalid-argument')
  await use(second, 'close', file?.handle)
  await use(first, 'close', empty?.handle)
  expect(await codeOf(use(first, 'read', empty?.handle))).toBe('invalid-argument')
  expect(await codeOf(use(first, 'read', '1'))).toBe('invalid-argument')
  expect(await codeOf(use(first, 'read', file?.handle))).toBe('resolved')
  first.revoke()
  expect(await codeOf(use(first, 'read', file?.handle))).toBe('permission-revoked')
  second.epoch.abort(new Error('over'))
  expect(await codeOf(use(second, 'read', theirs?.handle))).toBe('invalid-argument')
})

test('ends a reading when the grant is revoked', async () => {
  const { use, pick } = setup()
  const caller = new FakeCaller(PERMISSIONS)
  const [file] = await pick(caller)
  const stream = caller.sent.get(Number(await use(caller, 'read', file?.handle)))
  caller.revoke()

  expect(await codeOf(sizeOf(stream ?? streamOf()))).toBe('permission-revoked')
})

test('one dialog at a time, and ten a minute; clocks stand still meanwhile', async () => {
  const dialog = openDialog()
  const { state, use } = setup({ open: () => dialog.promise })
  const caller = new FakeCaller(PERMISSIONS)
  const first = use(caller, 'open', {})
  expect(await codeOf(use(new FakeCaller(PERMISSIONS), 'open', {}))).toBe('queue-full')
  expect(state.paused).toBe(1)
  dialog.resolve([])

  expect(await codeOf(first)).toBe('cancelled')
  expect(state.paused).toBe(0)
  const codes = await Promise.all(Array.from({ length: 9 }, (_, index) => index)
    .reduce<Promise<unknown>[]>((all) => [...all, (all.at(-1) ?? Promise.resolve()).then(() => codeOf(use(caller, 'open', {})))], []))
  expect(new Set(codes)).toEqual(new Set(['cancelled']))
  expect(await codeOf(use(caller, 'open', {}))).toBe('rate-limit')
})

test('gives no file that is chosen after a revocation', async () => {
  const dialog = openDialog()
  const { use } = setup({ open: () => dialog.promise })
  const caller = new FakeCaller(PERMISSIONS)
  const code = codeOf(use(caller, 'open', {}))
  await Promise.resolve()
  caller.revoke()
  dialog.resolve([new File(['x'], 'x')])

  expect(await code).toBe('permission-revoked')
})

test.each(['.', '*', 'a b', '.tar.gz', 'text', '../x', 'image/*,.exe', 5])('refuses to ask for files such as %s', async (type) => {
  expect(await codeOf(setup().use(new FakeCaller(PERMISSIONS), 'open', { accept: [type] }))).toBe('invalid-argument')
})

test.each([['an AbortError', 'AbortError', 'cancelled'], ['a SecurityError', 'SecurityError', 'browser-refused']])('%s of the browser is a code', async (_, name, code) => {
  const { use } = setup({ open: () => Promise.reject(new DOMException('', name)) })

  expect(await codeOf(use(new FakeCaller(PERMISSIONS), 'open', {}))).toBe(code)
})

test('saves a stream under a plain name', async () => {
  const { state, use } = setup()
  const caller = new FakeCaller(PERMISSIONS)
  caller.uploads.set(1, streamOf(bytes(3), bytes(4)))

  expect(await use(caller, 'save', '../a/b\u202e.txt', 1)).toBe(7)
  expect(state).toMatchObject({ names: ['_a_b_u202e.txt'], written: 7, end: 'closed' })
})

test('leaves the file as it was where the sender fails, or the grant is revoked meanwhile', async () => {
  const { state, use } = setup()
  const [failing, revoked] = [new FakeCaller(PERMISSIONS), new FakeCaller(PERMISSIONS)]
  failing.uploads.set(1, new ReadableStream({ start: (controller) => controller.error(new Error('no')) }))
  expect(await codeOf(use(failing, 'save', 'a', 1))).toBe('browser-refused')
  revoked.uploads.set(1, new ReadableStream<Bytes>({ pull: () => revoked.revoke() }, { highWaterMark: 0 }))

  expect(await codeOf(use(revoked, 'save', 'a', 1))).toBe('permission-revoked')
  expect(state.end).toBe('abortedaborted')
})

test('stops a guest that sends for a dialog that was cancelled', async () => {
  const { use } = setup({ save: () => Promise.reject(new DOMException('', 'AbortError')) })
  const caller = new FakeCaller(PERMISSIONS)
  const stream = streamOf(bytes(1))
  caller.uploads.set(1, stream)

  expect(await codeOf(use(caller, 'save', 'a', 1))).toBe('cancelled')
  expect(stream.state.cancelled).toBe(true)
})
