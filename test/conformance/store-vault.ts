/** The part of the store suite about secrets: whose they are, how many, and what uninstalling leaves. */
import { beforeEach, describe, expect, it } from 'vitest'
import { bindingName, type SealedStore } from '../../src/wire/sealed-store.ts'
import { installation, key, type OpenStore, record, useStore } from './store.ts'

const MANY = { maxCount: 10 }

export function describeVault(open: OpenStore): void {
  describe('secrets', () => {
    const used = useStore(open)
    beforeEach(async () => {
      for (const id of ['a', 'b']) await used.store.installed.put(record(id))
    })
    const vault = (id?: string): SealedStore => used.store.openVault(id === undefined ? undefined : installation(id))

    it('are given back to their owner, and to no other', async () => {
      await vault('a').set('token', 'of a', MANY)
      await vault('b').set('token', 'of b', MANY)
      await vault().set('token', 'of the app', MANY)

      expect(await Promise.all([vault('a').get('token'), vault('b').get('token'), vault().get('token')])).toEqual(['of a', 'of b', 'of the app'])
      expect(await vault('a').get('other')).toBeUndefined()
    })

    it('are replaced, listed and deleted', async () => {
      for (const name of ['b', 'a', 'b']) await vault('a').set(name, `${name} ${'\u{1f511}'}`, MANY)

      expect(await vault('a').names()).toEqual(['a', 'b'])
      expect(await vault('a').delete('a')).toBe(true)
      expect(await vault('a').delete('a')).toBe(false)
      expect(await vault('a').names()).toEqual(['b'])
      expect(await vault('a').get('b')).toBe('b \u{1f511}')
    })

    it('are counted, at many writers too; a new value needs no place', async () => {
      const results = await Promise.all(Array.from({ length: 5 }, (_, index) => vault('a').set(`n${index}`, 'x', { maxCount: 3 })))

      expect(results.filter((result) => result === 'full')).toHaveLength(2)
      const [name = ''] = await vault('a').names()
      expect(await vault('a').set(name, 'y', { maxCount: 3 })).toBe('done')
    })

    it('go with their extension, bindings of the app too; nothing else does', async () => {
      await vault('a').set('token', 'of a', MANY)
      await vault('b').set('token', 'of b', MANY)
      for (const name of ['token', bindingName(key('a'), 'token'), bindingName(key('b'), 'token')]) await vault().set(name, 'of the app', MANY)
      await used.store.removeExtension(key('a'))

      expect(await used.store.openVault(installation('a', 'local', 1)).names()).toEqual([])
      expect(await vault('b').names()).toEqual(['token'])
      expect(await vault().names()).toEqual([bindingName(key('b'), 'token'), 'token'])
    })

    it('are met by no instance that outlived its installation, nor are those of the next', async () => {
      const late = vault('a')
      await used.store.removeExtension(key('a'))
      await used.store.installed.put(record('a'))
      const next = used.store.openVault(installation('a', 'local', 1))
      await next.set('token', 'of the next', MANY)

      const tries = [() => late.get('token'), () => late.names(), () => late.set('token', 'again', MANY), () => late.delete('token')]
      for (const work of tries) await expect(work()).rejects.toMatchObject({ code: 'not-installed' })
      expect(await next.get('token')).toBe('of the next')
    })
  })
}
