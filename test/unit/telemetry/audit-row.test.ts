import { describe, expect, it } from 'vitest'
import { encodeRow, parseRow } from '../../../src/telemetry/audit-row.ts'

const EVENT = { kind: 'capability', extension: 'com.b', origin: 'local', digest: '', outcome: 'ok' } as const

describe('a row', () => {
  it('has the whole chain of a call, however long the ids, and of more than anybody needs a part', () => {
    const chain = Array.from({ length: 9 }, (_, index) => `com.${'x'.repeat(120)}${index}`).join(' ')
    const row = parseRow(encodeRow({ ...EVENT, facts: { chain, onBehalfOf: 'y'.repeat(10_000) } }, { time: 0 }), 0)
    expect(row?.facts?.['chain']).toBe(chain)
    expect(row?.facts?.['onBehalfOf']).toHaveLength(2048)
  })
})
