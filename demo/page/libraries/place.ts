/**
 * The three places where a bundle runs: an extension, a plain worker, and quickjs-emscripten in a worker. Each opens one, gives a function
 * that runs the task once, and ends it. The workers take only an address of the bundles of this server.
 */
import type { Glovebox } from '../library.ts'

export interface Running {
  run(): Promise<string>
  end(): void
}

export interface Place {
  readonly name: string
  open(library: string, signal: AbortSignal): Promise<Running>
}

/** A task must not stop the page's tour for longer than this. */
const TIMEOUT_MS = 60_000

export function createPlaces(box: Glovebox): readonly Place[] {
  return [
    { name: 'In an extension', open: (library, signal) => openExtension(box, library, signal) },
    { name: 'Plain worker', open: (library, signal) => openWorker('native', library, signal) },
    { name: 'Raw QuickJS', open: (library, signal) => openWorker('raw', library, signal) },
  ]
}

async function openExtension(box: Glovebox, library: string, signal: AbortSignal): Promise<Running> {
  const extension = await box.install(new URL(`/extensions/library/${library}/glovebox.json`, location.href).href)
  return {
    run: async () => String(await extension.call('run', [], { signal, timeoutMs: TIMEOUT_MS })),
    end: () => void extension.stop(),
  }
}

async function openWorker(kind: 'native' | 'raw', library: string, signal: AbortSignal): Promise<Running> {
  const worker = new Worker(trustWorker(kind), { type: 'module' })
  const url = new URL(`/extensions/library/${library}/main.js`, location.href).href
  return { run: () => answer(worker, url, signal), end: () => worker.terminate() }
}

function answer(worker: Worker, url: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no result within ${TIMEOUT_MS / 1000} s`)), TIMEOUT_MS)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    worker.onerror = (event) => reject(new Error(event.message === '' ? 'the worker did not start' : event.message))
    worker.onmessage = ({ data }: MessageEvent<{ readonly value?: string; readonly failure?: string }>) => {
      clearTimeout(timer)
      if (data.failure === undefined) resolve(String(data.value))
      else reject(new Error(data.failure))
    }
    worker.postMessage(url)
  })
}

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(kind: string): string }): { createScriptURL(kind: string): string }
}

const rules = { createScriptURL: (kind: string): string => `/compare/${kind === 'raw' ? 'raw' : 'native'}.worker.js` }
// Engines without Trusted Types take the string itself. lib.dom does not know the global yet, hence the cast.
const trustedTypes = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes
const policy = trustedTypes?.createPolicy('compare-worker', rules) ?? rules

function trustWorker(kind: 'native' | 'raw'): string {
  return policy.createScriptURL(kind)
}
