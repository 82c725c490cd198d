/** A collection and a capability that an app provides, and the permissions for them. */
import type { ProvidedCapability, ProvidedCollection, StandardSchema } from 'glovebox'

export interface Note { readonly id: number, readonly text: string }

export const may = (name: string, scope: unknown): unknown => ({ name, scope, reason: 'to test' })
export const ALL = [
  may('data:read', { collections: ['notes'] }), may('data:write', { collections: ['notes'] }), may('host:call', { capabilities: ['notes.read', 'notes.echo', 'notes.fail'] }),
  may('event:emit', { events: ['com.example.test/ready'] }), may('event:listen', { events: ['host/tick'] }),
]

const note: StandardSchema<Note> = { '~standard': { version: 1, vendor: 'test', validate: (value) => {
  const { id, text } = Object(value) as { readonly id?: unknown, readonly text?: unknown }
  return typeof id === 'number' && typeof text === 'string' ? { value: { id, text } } : { issues: [{ message: 'a note, please' }] }
} } }

/** A collection of notes with its doors. */
export function createNotes(): { collection: ProvidedCollection, rows: Note[], listeners: Set<(change: unknown) => void>, callers: unknown[] } {
  const rows: Note[] = [{ id: 1, text: 'one' }, { id: 2, text: 'two' }, { id: 3, text: 'three' }]
  const listeners = new Set<(change: unknown) => void>()
  const callers: unknown[] = []
  return { rows, listeners, callers, collection: {
    collection: 'notes',
    schema: note,
    read: (query, { cursor, limit, extension }) => {
      callers.push(extension)
      const from = Number(cursor ?? 0)
      const found = rows.filter(({ text }) => query === null || text.includes(String(query)))
      return { items: found.slice(from, from + limit), cursor: from + limit < found.length ? String(from + limit) : null }
    },
    write: (change) => {
      rows.push(change as Note) // what the schema gave
      for (const notify of listeners) notify(change)
      return { count: rows.length }
    },
    subscribe: (notify) => {
      listeners.add(notify)
      return () => void listeners.delete(notify)
    },
  } }
}

export const capability: ProvidedCapability = {
  capability: 'notes',
  wit: 'acme:app/notes',
  methods: {
    getNotes: { needs: 'read', run: ([prefix]) => [{ id: 7, text: `${String(prefix)}!`, rawBytes: Uint8Array.of(1, 2) }] },
    echo: { run: (args) => args },
    fail: { run: () => { throw new Error('secret of the app') } },
    never: { needs: 'read', run: () => new Promise(() => undefined) },
  },
}
