/** Raw messages on the port, past every guard of the guest's own half. Most return at once; the page decides what becomes of it. */
import type { Powers } from './escaped-origin.ts'

const listOf = (count: number, item: (index: number) => string): string => `[${Array.from({ length: count }, (_, index) => item(index)).join()}]`

/** Texts of results that no encoder of ours makes. */
export const FORGED_REPLIES: Readonly<Record<string, () => string>> = {
  'a hundred thousand handles of one object': () => listOf(100_000, () => '{"$":["h",1,""]}'),
  'handles of more objects than the limit': () => listOf(10_001, (id) => `{"$":["h",${id},""]}`),
  'more nodes than a value may have': () => listOf(4_000_000, () => '[]'),
  'eight million levels': () => '['.repeat(8_000_000),
  'a hundred thousand different keys': () => `{${listOf(100_000, (n) => `"key${n}":0`).slice(1, -1)}}`,
  'keys behind white space': () => `{${listOf(100_000, (n) => `"key${n}" :0`).slice(1, -1)}}`,
}

type Probe = (...args: readonly unknown[]) => unknown

export function createWireProbes(port: MessagePort, powers: Powers): ReadonlyMap<string, Probe> {
  const post = (message: unknown, transfer: Transferable[] = []): string => {
    port.postMessage(message, transfer)
    return 'posted'
  }
  const apply = (path: readonly unknown[], argumentList: readonly unknown[] = [], id: unknown = 'x1'): object => ({ id, type: 'APPLY', path, argumentList })
  const payload = (text: string, buffers: readonly unknown[] = []): object => ({ type: 'RAW', value: { text, buffers } })
  const ask = createAsk(port, powers['setTimeout'], (method, text, id) => post(apply([method], [payload(text)], id)))
  const call = (text: string, buffers: readonly unknown[] = []): object => apply(['storage.get'], [payload(text, buffers)])

  const probes: Record<string, Probe> = {
    'SET on a prototype': () => post({ id: 's', type: 'SET', path: ['__proto__', '__proto__', 'polluted'], value: { type: 'RAW', value: 1 } }),
    'GET constructor': () => post({ id: 'g', type: 'GET', path: ['constructor'] }),
    CONSTRUCT: () => post({ id: 'c', type: 'CONSTRUCT', path: ['constructor', 'constructor'], argumentList: [{ type: 'RAW', value: 'globalThis.polluted=1' }] }),
    ENDPOINT: () => post({ id: 'e', type: 'ENDPOINT', path: [] }),
    RELEASE: () => post({ id: 'r', type: 'RELEASE', path: [] }),
    'a two-segment path': () => post(apply(['storage.get', 'constructor'], [payload('[]')])),
    'a prototype method': () => post(apply(['constructor'], [payload('[]')])),
    'an overwritten method': () => post({ id: 'o', type: 'SET', path: ['storage.get'], value: { type: 'RAW', value: 1 } }),
    'a HANDLER argument': () => post(apply(['storage.get'], [{ type: 'HANDLER', name: 'throw', value: { isError: true, value: { message: 'x', name: 'x', stack: 'x' } } }])),
    'a reply before its request': () => post({ id: 'nobody-asked', type: 'RAW', value: { ok: true, value: { text: '1', buffers: [] } } }),
    'a hundred thousand pending ids': () => {
      for (let n = 0; n < 100_000; n++) post(apply(['permission.request'], [payload('["storage:read"]')], `id${n}`))
      return 'posted'
    },
    'tiny messages': () => {
      for (let n = 0; n < 300_000; n++) post(n)
      return 'posted'
    },
    'well-formed tiny messages': () => {
      for (let n = 0; n < 100_000; n++) post({ id: `t${n}`, type: 'APPLY', path: ['log'], argumentList: [payload('["info","x",0,0,null,null]')] })
      return 'posted'
    },
    'log lines': (...texts) => {
      for (const [index, text] of texts.entries()) post({ id: `l${index}`, type: 'APPLY', path: ['log'], argumentList: [payload(String(text))] })
      return 'posted'
    },
    'large messages': () => {
      for (let n = 0; n < 100; n++) {
        const buffer = new ArrayBuffer(4 * 2 ** 20)
        post(apply(['storage.get'], [payload('[]', [buffer])], `large${n}`), [buffer])
      }
      return 'posted'
    },
    'a port': () => { const { MessageChannel } = powers as Record<string, any>; const { port1 } = new MessageChannel(); return post(call('[]'), [port1]) },
    'an own __proto__ key': () => post(call('[{"__proto__":{"polluted":1}}]')),
    'deep nesting': () => post(call('['.repeat(50_000) + ']'.repeat(50_000))),
    'a huge sparse array': () => { const list: unknown[] = []; list[40_000_000] = 1; /* more, and WebKit never ends serializing it */ return post(apply(['storage.get'], list)) },
    'a cycle': () => { const o: Record<string, unknown> = {}; o['self'] = o; return post(o) },
    'a map for a message': () => post(new Map([['id', 'x']])),
    'a resizable buffer': () => { const B = ArrayBuffer as any; return post(call('[{"$":["a",0]}]', [new B(8, { maxByteLength: 16 })])) },
    'a shared buffer': () => post(call('[]', [(powers['SharedArrayBuffer'] ? new powers['SharedArrayBuffer'](8) : 1)])),
    'a module': () => post(new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))),
    'text that is no JSON': () => post(call('[')),
    'a stream frame out of thin air': () => post({ stream: 1, op: 'credit', credit: -5 }),
    'more bytes than a stream has credit': () => {
      for (let n = 0; n < 20; n++) { const bytes = new ArrayBuffer(64 * 1024); post({ stream: 1, op: 'chunk', bytes }, [bytes]) }
      return 'posted'
    },
    'a result of no known form': () => 'posted',
    ask: (...calls) => ask(calls as readonly Asked[]),
    'stream frames': (...frames) => {
      for (const frame of frames) post(frame as object)
      return 'posted'
    },
  }
  return new Map(Object.entries(probes).map(([name, probe]) => [`wire ${name}`, probe]))
}

type Asked = readonly [method: string, text: string]

export interface Answer {
  /** \`ok\`, or the error's. */
  readonly code: string
  /** Of the value, in the wire's encoding. */
  readonly text: string
}

/** So many of one attack wait for their answers at once. */
const AT_ONCE = 50
const ANSWER_MS = 5_000

/** Calls of the page's as the guest's own half would make them, with whatever arguments. \`"@huge"\` stands for a large string. */
function createAsk(
  port: MessagePort, setTimer: (run: () => void, ms: number) => void, send: (method: string, text: string, id: string) => void,
): (calls: readonly Asked[]) => Promise<Answer[]> {
  const waiting = new Map<unknown, (answer: Answer) => void>()
  const huge = JSON.stringify('x'.repeat(100_000))
  let count = 0
  const own = port.onmessage
  // Answers that the guest's own half did not ask for would end it.
  port.onmessage = (event: MessageEvent) => {
    const settle = waiting.get(event.data?.id)
    if (settle === undefined) return own?.call(port, event)
    waiting.delete(event.data.id)
    const { ok, value, error } = event.data.value
    settle({ code: ok ? 'ok' : String(error.code), text: ok ? String(value.text) : '' })
  }
  const one = ([method, text]: Asked): Promise<Answer> => new Promise((resolve) => {
    const id = `ask${count++}`
    waiting.set(id, resolve)
    setTimer(() => resolve({ code: 'no answer', text: '' }), ANSWER_MS)
    send(method, text.replaceAll('"@huge"', huge), id)
  })
  return async (calls) => {
    const answers: Answer[] = []
    for (let from = 0; from < calls.length; from += AT_ONCE) answers.push(...await Promise.all(calls.slice(from, from + AT_ONCE).map(one)))
    return answers
  }
}
