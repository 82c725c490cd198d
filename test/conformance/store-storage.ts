/** The part of the store suite about one extension's storage: attack 25 of collisions, quotas and races, versions, and listing. */
import { beforeEach, describe, expect, it } from 'vitest'
import { RECORD_BYTES } from '../../src/cache/storage.ts'
import type { KeyValueStore, StoredValue } from '../../src/wire/key-value.ts'
import { bytes, installation, type OpenStore, record, useStore } from './store.ts'

const ALWAYS = { ifVersion: undefined, quotaBytes: 10_000 }

function text(value: string): StoredValue {
  return { text: value, buffers: [] }
}

export function describeStorage(open: OpenStore): void {
  describe('storage', () => {
    const used = useStore(open)
    beforeEach(async () => {
      for (const id of ['a', 'a/b', 'b']) await used.store.installed.put(record(id))
    })
    const storage = (id = 'a'): KeyValueStore => used.store.openStorage(installation(id))

    it('gives back text and buffers with their version', async () => {
      const value = { text: '{"$":["bytes",0]}', buffers: [bytes(1, 2), bytes()] }
      const version = await storage().set('k', value, ALWAYS)

      expect(await storage().get('k')).toEqual({ value, version })
      expect(await storage().get('other')).toBeUndefined()
    })

    const names = ['', ' ', '__proto__', 'constructor', 'a\u0000b', 'a\nb', '\ud800', '\udc00x', '\uffff', '\u{1f600}', 'x'.repeat(1000)]
    it.each(names.map((name) => [JSON.stringify(name).slice(0, 40), name]))('keeps the key %s apart from every other', async (_, name) => {
      for (const other of names) await storage().set(other, text(`value of ${names.indexOf(other)}`), ALWAYS)

      expect((await storage().get(name))?.value.text).toBe(`value of ${names.indexOf(name)}`)
      expect(await storage().delete(name, { ifVersion: undefined })).toBe(true)
      expect(await storage().list({ prefix: '', after: undefined, limit: 1000 })).toEqual(names.filter((other) => other !== name).sort())
    })

    it('never lets extensions meet, however their ids and keys are cut', async () => {
      await used.store.openStorage(installation('a/b')).set('c', text('first'), ALWAYS)
      await used.store.openStorage(installation('a')).set('b/c', text('second'), ALWAYS)
      const elsewhere = used.store.openStorage(installation('a', 'https://other.example/'))

      expect((await storage('a/b').get('c'))?.value.text).toBe('first')
      expect((await storage('a').get('b/c'))?.value.text).toBe('second')
      expect(await elsewhere.get('b/c')).toBeUndefined()
      expect(await storage('a').list({ prefix: '', after: undefined, limit: 10 })).toEqual(['b/c'])
    })

    it('gives versions that grow with every set and never repeat for a key that was deleted', async () => {
      const versions = [await storage().set('k', text('1'), ALWAYS), await storage().set('k', text('2'), ALWAYS)]
      await storage().delete('k', { ifVersion: undefined })
      versions.push(await storage().set('k', text('3'), ALWAYS))

      expect(versions).toEqual([1, 2, 3])
      expect(await storage('b').set('k', text('1'), ALWAYS)).toBe(1)
    })

    it('compares versions before it writes or deletes', async () => {
      expect(await storage().set('k', text('1'), { ...ALWAYS, ifVersion: 1 })).toBe('conflict')
      expect(await storage().set('k', text('1'), { ...ALWAYS, ifVersion: 0 })).toBe(1)
      expect(await storage().set('k', text('2'), { ...ALWAYS, ifVersion: 0 })).toBe('conflict')
      expect(await storage().set('k', text('2'), { ...ALWAYS, ifVersion: 1 })).toBe(2)
      expect((await storage().get('k'))?.value.text).toBe('2')
      expect(await storage().delete('k', { ifVersion: 1 })).toBe('conflict')
      expect(await storage().delete('k', { ifVersion: 2 })).toBe(true)
      expect(await storage().delete('k', { ifVersion: 2 })).toBe('conflict')
      expect(await storage().delete('k', { ifVersion: 0 })).toBe(false)
      expect(await storage().delete('k', { ifVersion: undefined })).toBe(false)
    })

    it('lets one of many compare-and-swaps at once win', async () => {
      const results = await Promise.all(Array.from({ length: 10 }, (_, n) => storage().set('k', text(String(n)), { ...ALWAYS, ifVersion: 0 })))

      expect(results.filter((result) => result !== 'conflict')).toEqual([1])
    })
  })

  describe('storage quota', () => {
    const used = useStore(open)
    beforeEach(async () => {
      await used.store.installed.put(record('a'))
    })
    const storage = (): KeyValueStore => used.store.openStorage(installation('a'))
    const set = (name: string, value: StoredValue, quotaBytes: number): Promise<number | 'conflict' | 'quota' | 'total'> =>
      storage().set(name, value, { ifVersion: undefined, quotaBytes })

    it.each<[string, string, StoredValue, number]>([
      ['ASCII key and text', 'ab', text('abc'), 5],
      ['UTF-8 bytes of both', '\u00e9', text('\u20ac'), 5],
      ['lone surrogates as 3', '\ud800', text('\udfff'), 6],
      ['buffers', 'k', { text: '', buffers: [new ArrayBuffer(10), new ArrayBuffer(5)] }, 16],
    ])('counts %s and a fixed part of each record', async (_, name, value, size) => {
      expect(await set(name, value, size + RECORD_BYTES - 1)).toBe('quota')
      expect(await storage().get(name)).toBeUndefined()
      expect(await set(name, value, size + RECORD_BYTES)).toBe(1)
    })

    it('counts many small keys', async () => {
      const results = []
      for (let n = 0; n < 10; n++) results.push(await set(`${n}`, text(''), 5 * (RECORD_BYTES + 1)))

      expect(results.slice(0, 5)).toEqual([1, 2, 3, 4, 5])
      expect(results.slice(5)).toEqual(Array(5).fill('quota'))
    })

    it('gives room back when a value shrinks or goes, and counts a replaced one once', async () => {
      const quota = RECORD_BYTES + 11
      expect(await set('k', text('x'.repeat(10)), quota)).toBe(1)
      expect(await set('k', text('y'.repeat(10)), quota)).toBe(2)
      expect(await set('k', text('x'.repeat(11)), quota)).toBe('quota')
      expect((await storage().get('k'))?.value.text).toBe('y'.repeat(10))
      expect(await storage().delete('k', { ifVersion: undefined })).toBe(true)
      expect(await set('j', text('x'.repeat(10)), quota)).toBe(3)
    })

    it('lets a value shrink under a quota that was lowered below what is there', async () => {
      await set('k', text('x'.repeat(100)), 1000)

      expect(await set('k', text('x'.repeat(50)), 10)).toBe(2)
      expect(await set('k', text('x'.repeat(51)), 10)).toBe('quota')
    })

    it('is not exceeded by sets at once', async () => {
      const results = await Promise.all(Array.from({ length: 20 }, (_, n) => set(`k${n % 10}${n}`, text(''), 5 * (RECORD_BYTES + 4))))

      expect(results.filter((result) => result !== 'quota').length).toBeLessThanOrEqual(5)
      expect((await storage().list({ prefix: '', after: undefined, limit: 100 })).length).toBeLessThanOrEqual(5)
    })
  })

  describe('storage lists', () => {
    const used = useStore(open)
    const names = [
      'a', 'a\uffff', 'a\uffff\uffff', 'a\uffffb', 'ab', 'abc', 'b', '\u0000', '',
      '\ud7ff', '\ud800', '\ud800\udc00', '\udbff', '\udfff', '\ue000', '\uffff', '\uffff\uffff',
    ]
    beforeEach(async () => {
      await used.store.installed.put(record('m'))
      // Neighbours on both sides: a bound that is off by one would show them.
      for (const id of ['l', 'm', 'n']) {
        await used.store.installed.put(record(id))
        const storage = used.store.openStorage(installation(id))
        for (const name of names) await storage.set(id === 'm' ? name : `${name}!`, text(''), { ifVersion: undefined, quotaBytes: 100_000 })
      }
    })

    const prefixes = ['', 'a', 'a\uffff', 'ab', 'b', 'c', '\ud800', '\udbff', '\uffff', '\uffff\uffff', '\uffff\uffff\uffff', '\u0000']
    const rows = prefixes.map((prefix) => [JSON.stringify(prefix), prefix])
    it.each(rows)('the keys under %s in code-unit order, from every cursor', async (_, prefix) => {
      const storage = used.store.openStorage(installation('m'))
      const expected = names.filter((name) => name.startsWith(prefix)).sort()

      expect(await storage.list({ prefix, after: undefined, limit: 1000 })).toEqual(expected)
      for (const after of [...names, 'aa', '\uffff\uffff\uffff']) {
        expect(await storage.list({ prefix, after, limit: 1000 }), JSON.stringify(after)).toEqual(expected.filter((name) => name > after))
      }
    })

    it('page by page without a gap or a repeat', async () => {
      const storage = used.store.openStorage(installation('m'))
      const seen: string[] = []
      for (let after: string | undefined; ; after = seen.at(-1)) {
        const page = await storage.list({ prefix: '', after, limit: 3 })
        seen.push(...page)
        if (page.length < 3) break
      }

      expect(seen).toEqual([...names].sort())
    })

    it.each([0, -1, Number.NaN])('nothing for a limit of %s', async (limit) => {
      expect(await used.store.openStorage(installation('m')).list({ prefix: '', after: undefined, limit })).toEqual([])
    })
  })
}
