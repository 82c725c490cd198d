/** Events, collections and capabilities of the app, from a component: its imports wait by JSPI or on shared memory. */
import type { Extension, Glovebox } from 'glovebox'
import { describe, expect, test } from 'vitest'
import { openBox, until } from '../browser/box-harness.ts'
import { ALL, capability, createNotes } from '../browser/provided-harness.ts'

async function openComponent(box: Glovebox, permissions: readonly unknown[] = ALL): Promise<Extension> {
  const response = await fetch(new URL('../fixtures/broker/broker.wasm', import.meta.url))
  return box.install({
    manifest: { id: 'com.example.test', name: 'Test', version: '1.0.0', lane: 'component', entry: 'main.wasm', files: ['main.wasm'], permissions },
    files: { 'main.wasm': new Uint8Array(await response.arrayBuffer()) },
  })
}

export function describeBroker(): void {
  describe('a component', () => {
    test('reads, writes and follows a collection', async () => {
      const notes = createNotes()
      const box = await openBox()
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
      const box = await openBox()
      await box.provide(capability)
      const component = await openComponent(box)

      expect(await component.call('notes', ['x'])).toEqual(['7 x! [1, 2]'])
      expect(await component.call('call', ['notes.echo', '[1,{"a":null}]'])).toBe('[1,{"a":null}]')
      await expect(component.call('call', ['notes.echo', '{}'])).rejects.toMatchObject({ payload: 'ErrorCode::InvalidArgument' })
    })

    test('is told, as an error that it can handle, what it may not do', async () => {
      const box = await openBox()
      await box.provide(capability)
      const component = await openComponent(box, [])

      await expect(component.call('notes', ['x'])).rejects.toMatchObject({ payload: 'ErrorCode::PermissionDenied' })
      await expect(component.call('call', ['notes.echo', '[]'])).rejects.toMatchObject({ payload: 'ErrorCode::PermissionDenied' })
    })

    test('hears and emits events', async () => {
      const box = await openBox()
      const component = await openComponent(box)
      box.events.listen('com.example.test/ready', () => {
        for (const value of [1, { a: 'b' }]) void box.events.emit('host/tick', value)
      })

      expect(await component.call('listen', ['host/tick', 'com.example.test/ready', 2])).toEqual(['0 1', '0 {"a":"b"}'])
      await expect(component.call('emit', ['host/tick', '1'])).rejects.toMatchObject({ payload: 'ErrorCode::PermissionDenied' })
      await expect(component.call('emit', ['com.example.test/ready', '{'])).rejects.toMatchObject({ payload: 'ErrorCode::InvalidArgument' })
    })
  })
}
