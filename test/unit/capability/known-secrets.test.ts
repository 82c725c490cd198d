/** An extension that logs without pause, or is sent from origin to origin, must not make the page search or hold more than it has to. */
import { expect, test } from 'vitest'
import { KnownSecrets, type KnownSecret } from '../../../src/capability/known-secrets.ts'

/** `count` secrets of 4096 characters that have no beginning in common. */
function large(origin: string, count: number): readonly KnownSecret[] {
  return Array.from({ length: count }, (_, at) => ({ origin, value: `${origin} ${at} `.replaceAll(' ', '~').padEnd(4096, 'abcdefgh0123456789') }))
}

test('a line of the log costs no look at each secret', () => {
  let reads = 0
  const secrets = Array.from({ length: 100 }, (_, at) => ({
    origin: 'https://a.example',
    get value() {
      reads++
      return `secret-number-${at}`
    },
  }))
  const known = new KnownSecrets(secrets)
  expect(known.all?.text('has secret-number-7 in it')).toBe('has *************** in it')
  const before = reads

  for (let line = 0; line < 100; line++) known.all?.text('hello')

  expect(reads).toBe(before)
})

test('what is looked for in the answers of many origins is held up to a size', () => {
  const origins = Array.from({ length: 12 }, (_, at) => `https://o${at}.example`)
  const known = new KnownSecrets(origins.flatMap((origin) => large(origin, 4)))
  const first = known.of('https://o0.example')
  expect(known.of('https://o0.example')).toBe(first)

  const held = new Set(origins.map((origin) => known.of(origin)))

  const again = origins.toReversed().map((origin) => known.of(origin)).filter((scrub) => held.has(scrub))
  expect(again.length).toBeGreaterThan(0)
  expect(again.reduce((sum, scrub) => sum + (scrub?.byteLength ?? 0), 0)).toBeLessThanOrEqual(32 * 2 ** 20)
  expect(again.length).toBeLessThan(12)
})

test('the one for the log stays, whatever answers come', () => {
  const origins = Array.from({ length: 12 }, (_, at) => `https://o${at}.example`)
  const known = new KnownSecrets(origins.flatMap((origin) => large(origin, 4)))
  const { all } = known

  for (const origin of origins) known.of(origin)

  expect(known.all).toBe(all)
})
