/** Events, collections and capabilities of the app, from a component: its imports wait by JSPI or on shared memory. */
import type { Extension, Glovebox } from 'glovebox'
import { describe, expect, test } from 'vitest'
import { openBox, until } from '../browser/box-harness.ts'
import { componentPackage, preparedFixture } from '../browser/component-harness.ts'
import { ALL, capability, createNotes } from '../browser/provided-harness.ts'

const prepared = preparedFixture('broker/broker')

async function openComponent(box: Glovebox, permissions: readonly unknown[] = ALL): Promise<Extension> {
  return box.install(await componentPackage('broker/broker', { permissions }))
}

async function openBoxWith(notes: ReturnType<typeof createNotes>): Promise<Glovebox> {
  const box = await openBox({ prepared })
  await box.provide(notes.collection)
  return box
}

const READY = 'com.example.test/ready'

export function describeBroker(): void {
  describe('a component', () => {
    test('reads, writes and follows a collection', async () => {
      const notes = createNotes()
      const box = await openBox({ prepared })
      await box.provide(notes.collection)
      const component = await openComponent(box)
      const changes = component.call('changes', ['notes', 1])
      await until(() => notes.listeners.size === 1, 'the subscription')
      for (const notify of notes.listeners) notify({ id: 9 })

      expect(await changes).toEqual(['0 {"id":9}'])
      expect(await component.call('read', ['notes', '"e"'])).toEqual(['{"id":1,"text":"one"}', '{"id":3,"text":"three"}'])
      expect(await component.call('write', ['notes', '{"id":4,"text":"four"}'])).toBe('{"count":4}')
      await expect(component.call('write', ['notes', '{"id":4'])).rejects.toMatchObject({ payload: 'ErrorCode::InvalidArgument' })
    })

    test('calls the app through an interface of the app, with its types, and with JSON', async () => {
      const box = await openBox({ prepared })
      await box.provide(capability)
      const component = await openComponent(box)

      expect(await component.call('notes', ['x'])).toEqual(['7 x! [1, 2]'])
      expect(await component.call('call', ['notes.echo', '[1,{"a":null}]'])).toBe('[1,{"a":null}]')
      await expect(component.call('call', ['notes.echo', '{}'])).rejects.toMatchObject({ payload: 'ErrorCode::InvalidArgument' })
    })

    test('is told, as an error that it can handle, what it may not do', async () => {
      const box = await openBox({ prepared })
      await box.provide(capability)
      const component = await openComponent(box, [])

      await expect(component.call('notes', ['x'])).rejects.toMatchObject({ payload: 'ErrorCode::PermissionDenied' })
      await expect(component.call('call', ['notes.echo', '[]'])).rejects.toMatchObject({ payload: 'ErrorCode::PermissionDenied' })
    })

    test('hears and emits events', async () => {
      const box = await openBox({ prepared })
      const component = await openComponent(box)
      box.events.listen('com.example.test/ready', () => {
        for (const value of [1, { a: 'b' }]) void box.events.emit('host/tick', value)
      })

      expect(await component.call('listen', ['host/tick', 'com.example.test/ready', 2])).toEqual(['0 1', '0 {"a":"b"}'])
      await expect(component.call('emit', ['host/tick', '1'])).rejects.toMatchObject({ payload: 'ErrorCode::PermissionDenied' })
      await expect(component.call('emit', ['com.example.test/ready', '{'])).rejects.toMatchObject({ payload: 'ErrorCode::InvalidArgument' })
    })

    test('emits what fits the schema of the app, and hears what the schema makes of it', async () => {
      const schema = { '~standard': { version: 1 as const, vendor: 'test', validate: (value: unknown) => (typeof value === 'number' ? { value: { count: value } } : { issues: [{ message: 'a number, please' }] }) } }
      const box = await openBox({ prepared, events: { [READY]: schema, 'host/tick': schema } })
      const component = await openComponent(box)
      const heard: unknown[] = []
      box.events.listen(READY, ({ value }) => heard.push(value))
      await component.call('emit', [READY, '1'])

      expect(heard).toEqual([{ count: 1 }])
      await expect(component.call('emit', [READY, '"one"'])).rejects.toMatchObject({ payload: 'ErrorCode::InvalidArgument' })
      expect(heard.length).toBe(1)
    })

    test('that is slow loses the oldest events and changes, and is told how many', async () => {
      const notes = createNotes()
      const box = await openBox({ prepared })
      await box.provide(notes.collection)
      const component = await openComponent(box)
      const emitAll = async (): Promise<void> => {
        for (let i = 1; i <= 2000; i++) await box.events.emit('host/tick', i)
      }
      box.events.listen(READY, () => void emitAll())
      const events = (await component.call('listen', ['host/tick', READY, 500])) as string[]
      const reading = component.call('changes', ['notes', 200])
      await until(() => notes.listeners.size === 1, 'the subscription')
      for (const notify of notes.listeners) for (let i = 1; i <= 2000; i++) notify(i)
      const changes = (await reading) as string[]

      for (const lines of [events, changes]) {
        const frames = lines.map((line) => line.split(' ').map(Number) as [lost: number, value: number])
        const lost = frames.reduce((sum, [one]) => sum + one, 0)
        expect(lost).toBeGreaterThan(1000)
        expect(frames.at(-1)?.[1]).toBe(lost + lines.length)
        expect(frames.every(([one, value], index) => value === (frames[index - 1]?.[1] ?? 0) + one + 1)).toBe(true)
      }
    })

    test('is given nothing after a revocation: no event, no change', async () => {
      const notes = createNotes()
      const box = await openBox({ prepared })
      await box.provide(notes.collection)
      const component = await openComponent(box)
      const ready = new Promise((resolve) => void box.events.listen(READY, resolve))
      const events = component.call('listen', ['host/tick', READY, 2])
      await ready
      await box.events.emit('host/tick', 1)
      await component.permissions.revoke('event:listen')
      await box.events.emit('host/tick', 2)
      await expect(events).rejects.toMatchObject({ payload: 'ErrorCode::PermissionRevoked' })

      const changes = component.call('changes', ['notes', 2])
      await until(() => notes.listeners.size === 1, 'the subscription')
      const [notify] = notes.listeners
      notify?.(1)
      await component.permissions.revoke('data:read')
      notify?.(2)
      await expect(changes).rejects.toMatchObject({ payload: 'ErrorCode::PermissionRevoked' })
      expect(notes.listeners.size).toBe(0)
    })

    test('meets the scope of each collection, and its schema', async () => {
      const notes = createNotes()
      const box = await openBox({ prepared })
      for (const collection of ['notes', 'private']) await box.provide({ ...notes.collection, collection })
      const component = await openComponent(box, ALL.filter((permission) => Reflect.get(Object(permission), 'name') !== 'data:write'))

      for (const call of [component.call('read', ['private', 'null']), component.call('changes', ['private', 1]), component.call('write', ['notes', '{"id":4,"text":"x"}'])]) {
        await expect(call).rejects.toMatchObject({ payload: 'ErrorCode::PermissionDenied' })
      }
      const writer = await openComponent(await openBoxWith(notes))
      await expect(writer.call('write', ['notes', '{"id":"four"}'])).rejects.toMatchObject({ payload: 'ErrorCode::InvalidArgument' })
      expect(await writer.call('write', ['notes', '{"id":4,"text":"four","admin":true}'])).toBe('{"count":4}')
      expect(notes.rows[3]).toEqual({ id: 4, text: 'four' })
    })

    test('hears no event that was waiting when the permission went', async () => {
      let component: Extension | undefined
      // While the component waits for this schema, what it listens for comes, and then its permission goes.
      const validate = async (value: unknown): Promise<{ readonly value: unknown }> => {
        for (const one of [1, 2]) await box.events.emit('host/tick', one)
        await component?.permissions.revoke('event:listen')
        return { value }
      }
      const box = await openBox({ prepared, events: { [READY]: { '~standard': { version: 1, vendor: 'test', validate } } } })
      component = await openComponent(box)

      await expect(component.call('listen', ['host/tick', READY, 1])).rejects.toMatchObject({ payload: 'ErrorCode::PermissionRevoked' })
      await expect(component.call('listen', ['host/tick', READY, 1])).rejects.toMatchObject({ payload: 'ErrorCode::PermissionRevoked' })
    })

    test('is told that a subscription ends because the app takes the collection back', async () => {
      const notes = createNotes()
      const box = await openBox({ prepared })
      const withdraw = await box.provide(notes.collection)
      const component = await openComponent(box)
      const following = component.call('changes', ['notes', 1])
      await until(() => notes.listeners.size === 1, 'the subscription')
      withdraw()

      expect(await following).toEqual(['end'])
      expect(notes.listeners.size).toBe(0)
    })
  })
}
