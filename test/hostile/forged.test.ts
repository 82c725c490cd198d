/**
 * An extension whose worker is taken over speaks in another's name: under its id, with numbers of its calls, files, devices and streams. Who is
 * calling follows from the port: none of them means anything on it.
 */
import type { Glovebox } from 'glovebox'
import { afterEach, describe, expect, inject, test } from 'vitest'
import { limitsOf, pkg, until } from '../browser/box-harness.ts'
import { endPretence, pretendPlatform } from '../browser/pretend-platform.ts'
import { ask, escape } from './escaped-harness.ts'

const { origin } = inject('server')
const VICTIM = 'com.example.victim'
const may = (name: string, scope: unknown): unknown => ({ name, scope, reason: 'to test' })
const PLATFORM = [may('file:read', { picked: true }), may('serial:open', {})]
const EVENTS = [may('event:emit', { events: [`${VICTIM}/x`, 'com.example.test/x', 'host/x'] })]
const CALL = may('extension:call', { extensions: ['com.example.callee'] })
const LINKS = { callee: { extension: 'com.example.callee', version: '^1.0' } }

const victimCode = `
  let file, port
  export const pick = async () => { [file] = await glovebox.files.pick() }
  export const read = async () => { let text = ''; for await (const chunk of file.read().pipeThrough(new TextDecoderStream())) text += chunk; return text }
  export const open = async () => { port = await glovebox.serial.open({ baudRate: 9600 }) }
  export const listen = async () => (await port.readable.getReader().read()).value[0]
  export const wait = () => glovebox.links.callee.wait()
  export const download = async (url) => { let size = 0; for await (const chunk of (await fetch(url)).body) size += chunk.length; return size }
`
const CALLEE = pkg('let done; export const whoCalls = () => glovebox.extensions.caller; export const wait = () => new Promise((resolve) => { done = resolve }); export const release = () => done?.(7)', {
  id: 'com.example.callee', provides: ['whoCalls', 'wait', 'release'].map((name) => ({ export: name })),
})

async function installVictim(box: Glovebox): Promise<void> {
  await box.install(CALLEE)
  const permissions = [...PLATFORM, ...EVENTS, CALL, may('http:read', { origins: [origin], redirects: false })]
  await box.install(pkg(victimCode, { id: VICTIM, permissions, links: LINKS }))
}

const attacker = (manifest: Record<string, unknown> = {}): ReturnType<typeof escape> =>
  escape({}, { prepare: installVictim, manifest: { permissions: [...PLATFORM, ...EVENTS, CALL], links: LINKS, ...manifest } })

afterEach(endPretence)

describe('an extension that is taken over', () => {
  test('emits no event of another, nor of the app', async () => {
    const escaped = await attacker()
    const heard: string[] = []
    for (const name of [`${VICTIM}/x`, 'host/x', 'com.example.test/x']) escaped.box.events.listen(name, (event) => heard.push(event.name))
    const names = [`${VICTIM}/x`, 'host/x', 'com.example.test/../com.example.victim/x', `${VICTIM}/x\u0000`, 'com.example.test/x']
    const answers = await ask(escaped, ...names.map((name) => ['event.emit', JSON.stringify([name, 1])] as const))

    expect(answers.map(({ code }) => code)).toEqual(['permission-denied', 'permission-denied', 'invalid-argument', 'invalid-argument', 'ok'])
    expect(heard).toEqual(['com.example.test/x'])
  })

  test('calls others in its own name alone, whatever call it says it works for', async () => {
    const escaped = await attacker()
    const victim = escaped.box.get(VICTIM)
    const waiting = victim.call('wait')
    const callee = escaped.box.get('com.example.callee')
    await until(async () => (await callee.inspect()).instances.some(({ pendingCalls }) => pendingCalls.length > 0), 'the call of the victim')
    const numbers = [null, 0, 1, 2, 3, 1_000_000]
    const answers = await ask(escaped, ...numbers.map((call) => ['extension.call', JSON.stringify([call, 'link', 'callee', 'whoCalls', []])] as const))

    expect(answers.map(({ code, text }) => [code, /victim/.test(text), /com\.example\.test/.test(text)])).toEqual(numbers.map(() => ['ok', false, true]))
    await ask(escaped, ['extension.call', JSON.stringify([1, 'link', 'callee', 'release', []])])
    expect(await waiting).toBe(7)
  })

  test('uses no link of another', async () => {
    const escaped = await attacker({ links: {}, permissions: [CALL] })
    const names = [['link', 'callee'], ['interface', 'com.example.callee'], ['link', '__proto__'], ['link', 'constructor']]
    const answers = await ask(escaped, ...names.map(([by, link]) => ['extension.call', JSON.stringify([null, by, link, 'whoCalls', []])] as const))

    expect(answers.map(({ code }) => code)).toEqual(names.map(() => 'invalid-argument'))
  })

  test('reaches neither files nor devices of another by their numbers, and takes none away', async () => {
    const platform = pretendPlatform()
    const escaped = await attacker()
    const victim = escaped.box.get(VICTIM)
    for (const what of ['pick', 'open']) {
      platform.click()
      await victim.call('nothing').catch(() => undefined) // the box looks: a click is new where there was none
      await victim.call(what)
    }
    const handles = [0, 1, 2, 3, -1, 1.5, '1', null]
    const methods = ['picked.read', 'serial.closed', 'serial.getSignals', 'picked.close', 'serial.close']
    const calls = [
      ...methods.flatMap((method) => handles.map((handle) => [method, JSON.stringify([handle])] as const)),
      ...handles.map((handle) => ['serial.setSignals', JSON.stringify([handle, { break: true }])] as const),
    ]
    const answers = await ask(escaped, ...calls)

    // Closing what one does not have is no mistake: a number may be stale.
    const others = answers.flatMap(({ code }, index) => (code === 'invalid-argument' || /close$/.test(calls[index]?.[0] ?? '') ? [] : [`${calls[index]} ${code}`]))
    expect(others).toEqual([])
    expect([await victim.call('read'), await victim.call('listen')]).toEqual(['text', 10])
  })

  test('neither ends nor hurries streams of another by their numbers', async () => {
    const escaped = await attacker()
    const [victim, limits] = [escaped.box.get(VICTIM), limitsOf(escaped.extension)]
    const download = victim.call('download', [`${origin}/drip?ms=20&n=20`])
    const frames = [0, 2, 4].flatMap((stream) => [{ stream, op: 'credit', credit: 1_000_000 }, { stream, op: 'cancel' }, { stream, op: 'error', error: { name: 'Error', message: '', code: 'x', stack: '' } }])
    await escaped.attack('wire stream frames', ...frames)

    expect([await download, limits]).toEqual([20, []])
  })
})
