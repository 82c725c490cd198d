/** What an Extism plug-in gets of the world outside: the web through the broker, functions of the app's. The same however its imports wait. */
import type { Extension, GloveboxOptions } from 'glovebox'
import { describe, expect, inject, test } from 'vitest'
import { failure } from '../browser/box-harness.ts'
import { installCore } from '../browser/core-harness.ts'
import { hearing } from '../browser/page-errors.ts'
import { hits, LOOK_ALIKES, REDIRECTS, SMUGGLED_HEADERS } from './hostile-requests.ts'

const REFUSED = { name: 'LaneError', code: 'not-supported' }

/** Sends its input as the request, twelve zeros as the body, and gives the answer; its result is how far the status is from 200. */
export const HTTP_PLUGIN = `(module
  (import "extism:host/env" "input_offset" (func $input (result i64)))
  (import "extism:host/env" "output_set" (func $output (param i64 i64)))
  (import "extism:host/env" "length" (func $length (param i64) (result i64)))
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
  (import "extism:host/env" "http_request" (func $request (param i64 i64) (result i64)))
  (import "extism:host/env" "http_status_code" (func $status (result i32)))
  (import "extism:host/env" "http_headers" (func $headers (result i64)))
  (func $send (param $body i64) (result i32) (local $answer i64)
    (local.set $answer (call $request (call $input) (local.get $body)))
    (call $output (local.get $answer) (call $length (local.get $answer)))
    (i32.sub (call $status) (i32.const 200)))
  (func (export "get") (result i32) (call $send (i64.const 0)))
  (func (export "post") (result i32) (local $body i64) (local $at i64)
    (local.set $body (call $alloc (i64.const 12)))
    (loop $next
      (call $store (i64.add (local.get $body) (local.get $at)) (i32.const 48))
      (br_if $next (i64.ne (local.tee $at (i64.add (local.get $at) (i64.const 1))) (i64.const 12))))
    (call $send (local.get $body)))
  (func (export "headers") (result i32) (local $headers i64)
    (drop (call $send (i64.const 0)))
    (local.set $headers (call $headers))
    (call $output (local.get $headers) (call $length (local.get $headers)))
    (i32.const 0)))`

/** `go` has its input shouted; `count` gives how often it was called. */
const SHOUT = `(module
  (import "extism:host/env" "input_offset" (func $input (result i64)))
  (import "extism:host/env" "output_set" (func $output (param i64 i64)))
  (import "extism:host/env" "length" (func $length (param i64) (result i64)))
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
  (import "extism:host/user" "shout" (func $shout (param i64 i32) (result i64)))
  (func (export "go") (result i32) (local $said i64)
    (local.set $said (call $shout (call $input) (i32.const 3)))
    (call $output (local.get $said) (call $length (local.get $said)))
    (i32.const 0))
  (global $count (mut i32) (i32.const 48))
  (func (export "count") (result i32) (local $digit i64)
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (local.set $digit (call $alloc (i64.const 1)))
    (call $store (local.get $digit) (global.get $count))
    (call $output (local.get $digit) (i64.const 1))
    (i32.const 0)))`

const shout = {
  extensions: 'all', params: ['text', 'i32'], result: 'text',
  run: ([text, times]: readonly unknown[]) => `${String(text).toUpperCase()}${'!'.repeat(Number(times))}`,
} as const

const { origin } = inject('server')
const permissions = ['http:read', 'http:write'].map((name) => ({ name, scope: { origins: [origin] }, reason: '' }))
const install = (source: string, options: Partial<GloveboxOptions> = {}): Promise<Extension> => installCore(source, { core: { abi: 'extism' }, manifest: { permissions }, options })

/** @param canWait  whether this page can: else such plug-ins are refused */
export function describePlugins(canWait: boolean): void {
  describe('an import that waits', () => {
    test('asks the web through the broker', async () => {
      if (!canWait) return void expect(await failure(install(HTTP_PLUGIN))).toMatchObject(REFUSED)
      const extension = await install(HTTP_PLUGIN)
      const pending = extension.call('get', [{ url: `${origin}/echo?a=b`, headers: { Accept: 'text/x' } }, 'json'])

      expect(await pending).toMatchObject({ method: 'GET', path: '/echo', query: '?a=b', headers: { accept: 'text/x' } })
      expect(await extension.call('post', [{ url: `${origin}/echo`, method: 'POST' }, 'json'])).toMatchObject({ method: 'POST', body: '000000000000' })
      expect(await extension.call('headers', [{ url: `${origin}/echo` }, 'json'])).toMatchObject({ 'content-type': 'application/json' })
      expect(await extension.call('get', [{ url: `${origin}/bytes?n=1000000` }])).toHaveLength(1_000_000)
      expect(await failure(extension.call('get', [{ url: `${origin}/status?code=404` }]))).toMatchObject({ code: 'thrown', guestCode: '204' })
    })

    test.skipIf(!canWait)('ends the call with the broker\'s word where it is refused, and the next call works', async () => {
      const extension = await install(HTTP_PLUGIN)

      expect(await failure(extension.call('get', [{ url: 'https://elsewhere.test/' }]))).toMatchObject({ code: 'thrown', guestCode: 'permission-denied' })
      expect(await failure(extension.call('get', ['no JSON']))).toMatchObject({ code: 'thrown', guestName: 'HttpError' })
      expect(await extension.call('get', [{ url: `${origin}/bytes?n=3` }])).toHaveLength(3)
    })

    test.skipIf(!canWait)('speaks to nobody else than its grant says, and as nobody else', async () => {
      await fetch(`${origin}/reset`, { method: 'POST' })
      const extension = await install(HTTP_PLUGIN)
      const asked = async (request: object): Promise<string> => extension.call('get', [request]).then(() => 'answered', () => 'refused')
      for (const [name, target] of LOOK_ALIKES) expect(await asked({ url: `${target}/echo` }), name).toBe('refused')
      for (const url of REDIRECTS) expect(await asked({ url }), url).toBe('refused')
      expect(await hits('/echo')).toEqual([])

      for (const name of SMUGGLED_HEADERS) await asked({ url: `${origin}/echo`, headers: { [name]: 'smuggled' } })
      for (const value of ['a\r\nx-forwarded-for: smuggled', 'a\u0000smuggled']) expect(await asked({ url: `${origin}/echo`, headers: { accept: value } })).toBe('refused')
      expect(await asked({ url: `${origin}/echo`, headers: { 'x-request-id': 'its own' } })).toBe('answered')
      const sent = JSON.stringify(await hits('/echo'))
      expect([sent.includes('smuggled'), sent.includes('its own')]).toEqual([false, true])
    })

    test.skipIf(!canWait)('that is aborted while it waits holds up no other call', async () => {
      const extension = await install(HTTP_PLUGIN)
      await extension.call('get', [{ url: `${origin}/bytes?n=3` }])
      const stop = new AbortController()
      const left = failure(extension.call('get', [{ url: `${origin}/slow?ms=5000` }], { signal: stop.signal }))
      await new Promise((resolve) => setTimeout(resolve, 100))

      stop.abort(new Error('stop'))

      expect(await left).toMatchObject({ message: 'stop' })
      expect(await extension.call('get', [{ url: `${origin}/bytes?n=3` }], { timeoutMs: 3_000 })).toHaveLength(3)
    })

    test.skipIf(!canWait)('that is aborted while it waits takes its instance along', async () => {
      let asked = (): void => undefined
      const isAsked = new Promise<void>((resolve) => { asked = resolve })
      const run = (): Promise<never> => (asked(), new Promise(() => undefined))
      const extension = await install(SHOUT, { functions: { 'extism:host/user': { shout: { ...shout, run } } } })
      const count = (): Promise<unknown> => extension.call('count', ['', 'text'])
      expect([await count(), await count()]).toEqual(['1', '2'])
      const stop = new AbortController()
      const left = failure(extension.call('go', ['hey'], { signal: stop.signal }))
      await isAsked

      stop.abort(new Error('stop'))

      expect(await left).toMatchObject({ message: 'stop' })
      expect(await count()).toBe('1')
    })

    test('calls functions of the app', async () => {
      const opening = install(SHOUT, { functions: { 'extism:host/user': { shout } } })
      if (!canWait) return void expect(await failure(opening)).toMatchObject(REFUSED)
      const extension = await opening
      const pending = extension.call('go', ['hey', 'text'])

      expect(await pending).toBe('HEY!!!')
      expect(await Promise.all(['a', 'b', 'c'].map((text) => extension.call('go', [text, 'text'])))).toEqual(['A!!!', 'B!!!', 'C!!!'])
    })

    test.skipIf(!canWait)('fails without the words of a function that failed', async () => {
      const run = (): never => { throw new Error('secret') }
      const extension = await install(SHOUT, { functions: { 'extism:host/user': { shout: { ...shout, run } } } })
      const { result: error, errors } = await hearing(() => failure(extension.call('go', ['hey'])))

      expect(errors.map(({ message }) => message)).toEqual(['secret'])

      expect(error).toMatchObject({ code: 'thrown', guestCode: 'internal' })
      expect(error.message).not.toContain('secret')
    })
  })

  test('a function that the app does not offer to this extension is named when the plug-in starts', async () => {
    const elsewhere = { ...shout, extensions: ['com.example.other'] }
    for (const functions of [{}, { 'extism:host/user': { shout: elsewhere } }]) {
      expect(await failure((await install(SHOUT, { functions })).call('go'))).toMatchObject({ guestName: 'LinkError', message: expect.stringContaining('extism:host/user.shout') })
    }
  })
}
