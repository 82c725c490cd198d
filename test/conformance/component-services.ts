/** What the host offers components beside WASI's own: storage in three shapes, permissions, configuration, logs, directories that are kept. */
import type { Extension, GloveboxOptions } from 'glovebox'
import { describe, expect, test } from 'vitest'
import { answering } from '../browser/box-harness.ts'
import { installComponent } from '../browser/component-harness.ts'

const storage = (name: string): unknown => ({ name, scope: { prefixes: [''] }, reason: 'to test' })

async function open(name: string, manifest: Record<string, unknown> = {}, options: Partial<GloveboxOptions> = {}): Promise<Extension> {
  return installComponent(`${name}/${name}`, { permissions: [storage('storage:read'), storage('storage:write')], ...manifest }, options)
}

export function describeServices(): void {
  describe('a component', () => {
    test('has the storage of its extension', async () => {
      const extension = await open('services')

      // Codes are the numbers of their cases in wit/types.wit: version-conflict, invalid-argument.
      expect(await extension.call('storage')).toEqual(['true', '9', 'two', 'a,b', 'true', 'true', '0'])
    })

    test('has it as a key-value store, too', async () => {
      const extension = await open('services')

      expect(await extension.call('keyValues')).toEqual(['no such store', 'v', 'false', '40', '42', 'other', 'true', 'true,false', 'count,k,m2'])
    })

    test('is told what it may not do', async () => {
      const extension = await open('services', { permissions: [], optionalPermissions: [storage('storage:read'), storage('storage:write')] }, { prompt: answering('deny').prompt })

      await expect(extension.call('storage')).rejects.toMatchObject({ code: 'thrown', payload: '1' })
      await expect(extension.call('keyValues')).rejects.toMatchObject({ code: 'thrown', payload: 'access denied' })
    })

    test('is told what goes beyond a limit, and lives on', async () => {
      const extension = await open('services', { limits: { capabilityCallsPerMinute: 3 } })

      await expect(extension.call('storage')).rejects.toMatchObject({ code: 'thrown', payload: '6' }) // rate-limit
      expect((await extension.usage()).capabilityCallsPerMinute).toMatchObject({ allowed: 3, refused: 1 })
      await expect(extension.call('storage')).rejects.toMatchObject({ code: 'thrown', payload: '6' })
    })

    test('sees and asks for its permissions', async () => {
      const extension = await open('services')

      expect(await extension.call('permission', [false])).toBe('granted')
      expect(await extension.call('permission', [true])).toBe('granted')
    })

    test('asks of its own accord only while the user is active', async () => {
      const { prompt, requests } = answering('session')
      const optionalPermissions = [storage('storage:read'), storage('storage:write')]
      const extension = await open('services', { permissions: [], optionalPermissions }, { prompt })
      await extension.start()
      const isActive = (value: boolean): unknown => Object.defineProperty(navigator, 'userActivation', { configurable: true, value: { isActive: value } })
      try {
        isActive(false)
        await expect(extension.call('permission', [true])).rejects.toMatchObject({ payload: '1' }) // permission-denied
        expect([await extension.call('permission', [false]), requests]).toEqual(['prompt', []])
        isActive(true)
        expect([await extension.call('permission', [true]), requests.length]).toEqual(['granted', 1])
      } finally {
        Reflect.deleteProperty(navigator, 'userActivation')
      }
    })

    test('reads its configuration', async () => {
      const extension = await open('services', { config: { colour: 'red' } })

      expect([await extension.call('config', ['colour']), await extension.call('config', ['__proto__'])]).toEqual(['red', undefined])
    })

    test('logs', async () => {
      const extension = await open('services')
      const lines: string[] = []
      extension.addEventListener('log', ({ detail }) => void lines.push(`${detail.level} ${detail.text}`))

      await extension.call('log', ['hello'])

      expect(lines).toEqual(['warn hello', 'error part: hello'])
    })

    test('finds in a kept directory what another instance wrote', async () => {
      const directory = (name: string): unknown => ({ name, scope: { directories: ['/data'] }, reason: 'to test' })
      const extension = await open('files', { permissions: [directory('file:read'), directory('file:write')] })
      await extension.call('writeFile', ['/data/note', 'kept'])
      await extension.call('writeFile', ['/note', 'gone'])

      extension.stop()

      expect(await extension.call('readFile', ['/data/note'])).toBe('kept')
      await expect(extension.call('readFile', ['/note'])).rejects.toMatchObject({ payload: '44' })
    })
  })
}
