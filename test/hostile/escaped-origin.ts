/** Probes against the origin ring. Each resolves with what it reached: 'absent', 'refused', or 'OPEN' with a word on what. */

export type Powers = Readonly<Record<string, any>>

type Probe = (...args: readonly unknown[]) => unknown

const TIMEOUT_MS = 1500

export function createOriginProbes(powers: Powers, scope: object): ReadonlyMap<string, Probe> {
  const attempt = async (what: () => unknown): Promise<string> => {
    try {
      const late = new Promise<string>((resolve) => powers['setTimeout'](() => resolve('refused: never answered'), TIMEOUT_MS))
      return await Promise.race([late, (async () => `OPEN: ${String(await what()).slice(0, 80)}`)()])
    } catch (error) {
      return `refused: ${String(error).slice(0, 80)}`
    }
  }
  const needs = (name: string, use: (power: any) => unknown): Promise<string> =>
    powers[name] === undefined ? Promise.resolve('absent') : attempt(() => use(powers[name]))
  const request = (open: any): Promise<unknown> =>
    new Promise((resolve, reject) => {
      open.onsuccess = () => resolve('opened')
      open.onerror = () => reject(open.error)
      open.onblocked = () => reject(new Error('blocked'))
    })
  const socket = (make: () => any): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const it = make()
      it.onopen = () => resolve('connected')
      it.onmessage = () => resolve('message')
      it.onerror = () => reject(new Error('error event'))
    })

  const probes: Record<string, Probe> = {
    'indexedDB.open': () => needs('indexedDB', (idb) => request(idb.open('x'))),
    'indexedDB.databases': () => needs('indexedDB', (idb) => idb.databases().then((list: unknown[]) => { if (list.length === 0) throw new Error('sees none'); return list.length })),
    'navigator.locks': () => needs('navigator', (nav) => { if (!nav.locks) throw new Error('absent'); return nav.locks.request('x', () => 'held') }),
    opfs: () => needs('navigator', (nav) => { if (!nav.storage?.getDirectory) throw new Error('absent'); return nav.storage.getDirectory() }),
    cookieStore: () => needs('cookieStore', (store) => store.getAll()),
    fetch: (url) => needs('fetch', (get) => get(String(url), { credentials: 'include' })),
    'fetch no-cors': (url) => needs('fetch', (get) => get(String(url), { mode: 'no-cors', credentials: 'include', keepalive: true })),
    XMLHttpRequest: (url) => needs('XMLHttpRequest', (Xhr) => { const x = new Xhr(); x.open('GET', String(url), false); x.send(); return x.status }),
    importScripts: (url) => needs('importScripts', (load) => load(String(url))),
    'import http': (url) => attempt(() => import(/* @vite-ignore */ String(url))),
    'import data': () => attempt(() => import(/* @vite-ignore */ 'data:text/javascript,export default 1'.toString())),
    'import blob': () => needs('Blob', (Blob) => import(/* @vite-ignore */ powers['URL'].createObjectURL(new Blob(['export default 1'], { type: 'text/javascript' })))),
    WebSocket: (url) => needs('WebSocket', (Socket) => socket(() => new Socket(String(url).replace('http', 'ws')))),
    EventSource: (url) => needs('EventSource', (Source) => socket(() => new Source(String(url)))),
    WebTransport: (url) => needs('WebTransport', (Transport) => new Transport(String(url).replace('http:', 'https:')).ready),
    sendBeacon: (url) => needs('navigator', (nav) => { if (!nav.sendBeacon) throw new Error('absent'); if (!nav.sendBeacon(String(url), 'x')) throw new Error('refused'); return 'queued' }),
    'FontFace url': (url) => needs('FontFace', (Face) => new Face('x', `url(${String(url)})`).load()),
    eval: () => needs('eval', () => (0, eval)('1 + 1')),
    Function: () => attempt(() => new Function('return 1')()),
    'Function through a constructor': () => attempt(() => (function () {}).constructor('return 1')()),
    'nested worker that fetches': (url) => nestedWorker(powers, `fetch(${JSON.stringify(url)}).then(() => postMessage('OPEN'), (e) => postMessage('refused: ' + e))`),
    'nested worker with indexedDB': () => nestedWorker(powers, `try { const r = indexedDB.open('x'); r.onsuccess = () => postMessage('OPEN'); r.onerror = () => postMessage('refused: ' + r.error) } catch (e) { postMessage('refused: ' + e) }`),
    'nested worker that imports': (url) => nestedWorker(powers, `try { importScripts(${JSON.stringify(url)}); postMessage('OPEN') } catch (e) { postMessage('refused: ' + e) }`),
    broadcast: (name) => needs('BroadcastChannel', (Channel) => { const c = new Channel(String(name)); c.postMessage('from the guest'); return 'posted' }),
    caches: () => needs('caches', async (caches) => { const names = await caches.keys(); if (names.length === 0) throw new Error('sees none'); return names }),
    'post to the frame': () => { powers['postMessage']?.({ command: 'start', worker: 99 }); powers['postMessage']?.({ glovebox: 1, ready: true }); return 'posted' },
    globals: () => globalsOf(scope),
  }
  return new Map(Object.entries(probes).map(([name, probe]) => [`escape ${name}`, probe]))
}

/** Every property name that the realm's global still has, own and inherited. */
function globalsOf(scope: object): string[] {
  const names = new Set<string>()
  for (let owner: object | null = scope; owner !== null && owner !== Object.prototype; owner = Object.getPrototypeOf(owner)) {
    for (const name of Reflect.ownKeys(owner)) names.add(String(name))
  }
  return [...names].sort()
}

function nestedWorker(powers: Powers, source: string): Promise<string> {
  const { Worker, Blob, URL, setTimeout } = powers as Record<string, any>
  if (Worker === undefined) return Promise.resolve('absent')
  return new Promise((resolve) => {
    setTimeout(() => resolve('refused: never answered'), TIMEOUT_MS)
    try {
      const worker = new Worker(URL.createObjectURL(new Blob([source])))
      worker.onmessage = (event: MessageEvent) => resolve(String(event.data))
      worker.onerror = () => resolve('refused: error event')
    } catch (error) {
      resolve(`refused: ${String(error)}`)
    }
  })
}
