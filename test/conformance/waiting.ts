/** What a component sees when an import has to wait for the host: the same whether the engine suspends it or its worker blocks. */
import type { Extension } from 'glovebox'
import { describe, expect, test } from 'vitest'
import { answering, codeOf, failure, type openBox } from '../browser/box-harness.ts'
import { installComponent } from '../browser/component-harness.ts'

const GRANTED = ['storage:read', 'storage:write'].map((name) => ({ name, scope: { prefixes: ['a'] }, reason: 'to test' }))

export async function installWaiter(manifest: Record<string, unknown> = {}, options: Parameters<typeof openBox>[0] = {}): Promise<Extension> {
  return installComponent('host/host', { permissions: GRANTED, ...manifest }, options)
}

export function describeWaiting(): void {
  describe('an import that waits', () => {
    test('gives the host\'s answer', async () => {
      const extension = await installWaiter()

      expect(await extension.call('remember', ['a', new Uint8Array([1, 2, 3])])).toBe(1n)
      expect(await extension.call('recall', ['a'])).toEqual(new Uint8Array([1, 2, 3]))
      expect(await extension.call('recall', ['absent'])).toBe(undefined)
    })

    test('gives an answer that is larger than the shared memory', async () => {
      const extension = await installWaiter()
      const large = Uint8Array.from({ length: 1_000_003 }, (_, index) => index * 7)
      await extension.call('remember', ['a', large.slice()])

      const back = await extension.call('recall', ['a'])
      expect(back instanceof Uint8Array && back.length === large.length && large.every((byte, index) => byte === back[index])).toBe(true)
    })

    test('fails in the guest with the broker\'s word', async () => {
      const extension = await installWaiter()

      expect(await failure(extension.call('recall', ['b']))).toMatchObject({ code: 'thrown', payload: 'ErrorCode::PermissionDenied' })
    })

    test('may wait often in one call', async () => {
      const extension = await installWaiter()
      await extension.call('remember', ['a', new Uint8Array(10)])

      expect(await extension.call('recall-often', ['a', 500])).toBe(5000n)
    })

    test('waits while a person reads the prompt, and the call\'s clock stands still', async () => {
      const { prompt } = answering('session')
      const slow: typeof prompt = async (request) => (await new Promise((resolve) => setTimeout(resolve, 1500)), prompt(request))
      const extension = await installWaiter({ permissions: [], optionalPermissions: GRANTED }, { prompt: slow })
      await extension.start()

      expect(await extension.call('version-of', ['a'], { timeoutMs: 1000 })).toBe(0n)
    })

    test('that never comes ends with the call\'s deadline, and counts for no death', async () => {
      const never: ReturnType<typeof answering>['prompt'] = () => new Promise(() => {})
      const extension = await installWaiter({ permissions: [], optionalPermissions: GRANTED }, { prompt: never })
      await extension.start()
      const aborted = extension.call('version-of', ['a'], { signal: AbortSignal.timeout(300) })

      expect((await failure(aborted)).name).toBe('TimeoutError')
      expect((await extension.inspect()).restarts.unconfirmedDeaths).toBe(0)
    })
  })

  test('a loop after an answer ends at the deadline, and the next call gets a new instance', async () => {
    const extension = await installWaiter()
    await extension.call('remember', ['a', new Uint8Array(1)])

    expect(await codeOf(extension.call('recall-and-loop', ['a'], { timeoutMs: 500 }))).toBe('deadline-exceeded')
    expect(await extension.call('recall', ['a'])).toEqual(new Uint8Array(1))
  })

  test('each call of a call extension begins anew, and waits as well', async () => {
    const extension = await installWaiter({ lifetime: 'call' })
    await extension.call('remember', ['a', new Uint8Array([9])])

    expect(await extension.call('recall', ['a'])).toEqual(new Uint8Array([9]))
  })
}
