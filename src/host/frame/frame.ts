/**
 * The origin ring from the page's side: one sandboxed iframe with the static document `frame.html`, one handshake, one control port.
 * Any frame of the page can post messages, and every opaque origin reads "null": the frame is known by `event.source` alone, the page by
 * the nonce in the frame's name. No guest message ever comes this way.
 */
import { LaneError } from '../../errors.ts'
import { DisposeStack } from '../../util/dispose.ts'
import type { Program } from './program.ts'
import type { Ring, RingWorker } from './ring.ts'
import type { WaitLine } from './wait-server.ts'

const VERSION = 1
/** Begins the name of every frame of ours; a page that finds itself under it is a single-page fallback served in the frame's place. */
export const FRAME_MARKER = 'glovebox'
/** No acknowledgement of `end` within this: the frame is removed. */
const END_ACK_MS = 100
/** The same for a frame that is of use to others (further workers, or whoever takes it now): a busy machine is no reason for it to go. */
const SHARED_END_ACK_MS = 2000

export interface FrameOptions {
  readonly url: URL
  /** Handshake limit, ms. */
  readonly startTimeoutMs: number
  /** The document as text, for engines and hosts where the file cannot be framed; undefined: the static file. */
  readonly srcdoc?: string
  /** Ends a handshake that is under way; the frame is removed. */
  readonly signal: AbortSignal
}

/**
 * Opens a frame and resolves after the handshake. The caller owns it.
 *
 * @throws {LaneError} frame-missing when no handshake came within `startTimeoutMs`; the frame is removed; or the signal's reason
 */
export async function openFrame(options: FrameOptions): Promise<Ring> {
  const scope = new DisposeStack()
  try {
    const control = await shakeHands(options, scope)
    return new Frame(control, scope)
  } catch (error) {
    scope.dispose()
    throw error
  }
}

function shakeHands(options: FrameOptions, scope: DisposeStack): Promise<MessagePort> {
  const nonce = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
  const iframe = createIframe(options, nonce)
  scope.defer(() => iframe.remove())
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(frameMissing(options)), options.startTimeoutMs)
    const onAbort = (): void => {
      scope.dispose()
      reject(options.signal.reason)
    }
    options.signal.addEventListener('abort', onAbort)
    const onMessage = (event: MessageEvent<unknown>): void => {
      if (event.source === null || event.source !== iframe.contentWindow || !isReady(event.data, nonce)) return
      window.removeEventListener('message', onMessage)
      const { port1, port2 } = new MessageChannel()
      scope.defer(() => port1.close())
      port1.onmessage = (reply: MessageEvent<unknown>) => {
        if (eventOf(reply.data).event !== 'serving') return
        clearTimeout(timer)
        options.signal.removeEventListener('abort', onAbort)
        resolve(port1)
      }
      iframe.contentWindow?.postMessage({ glovebox: VERSION, nonce }, '*', [port2])
    }
    window.addEventListener('message', onMessage)
    scope.defer(() => {
      window.removeEventListener('message', onMessage)
      options.signal.removeEventListener('abort', onAbort)
      clearTimeout(timer)
    })
    document.documentElement.append(iframe)
  })
}

function createIframe(options: FrameOptions, nonce: string): HTMLIFrameElement {
  const iframe = document.createElement('iframe')
  iframe.setAttribute('sandbox', 'allow-scripts')
  iframe.setAttribute('referrerpolicy', 'no-referrer')
  iframe.setAttribute('allow', 'cross-origin-isolated') // shared memory, for workers that block; nothing else follows from it
  iframe.setAttribute('aria-hidden', 'true')
  iframe.tabIndex = -1
  iframe.title = 'glovebox'
  iframe.style.display = 'none'
  iframe.name = `${FRAME_MARKER}:${nonce}`
  if (options.srcdoc === undefined) iframe.src = options.url.href
  else iframe.srcdoc = options.srcdoc
  return iframe
}

function isReady(data: unknown, nonce: string): boolean {
  const ready = eventOf(data)
  return ready['glovebox'] === VERSION && ready['nonce'] === nonce && ready['ready'] === true
}

function frameMissing(options: FrameOptions): LaneError {
  const url = options.url.href
  return new LaneError(
    'frame-missing',
    `No handshake from ${url} within ${options.startTimeoutMs} ms. Usual causes: frame.html was not copied beside the library; ` +
      `the server answers with the app itself (single-page fallback); the page's policy forbids it (add its origin to frame-src); ` +
      `the page is cross-origin isolated (COEP) and frame.html comes without Cross-Origin-Resource-Policy and Cross-Origin-Embedder-Policy.`,
    { details: { url } },
  )
}

interface WorkerEntry {
  readonly onFailure: (error: LaneError) => void
  onEnded?: () => void
}

class Frame implements Ring {
  readonly #control: MessagePort
  readonly #scope: DisposeStack
  readonly #workers = new Map<number, WorkerEntry>()
  /** What the frame has, by the number it knows it by. */
  readonly #programs = new Map<Program, number>()
  #nextWorker = 1

  constructor(control: MessagePort, scope: DisposeStack) {
    this.#control = control
    this.#scope = scope
    control.onmessage = (event) => this.#receive(event.data)
  }

  get isDisposed(): boolean {
    return this.#scope.isDisposed
  }

  async startWorker(program: Program, onFailure: (error: LaneError) => void): Promise<RingWorker> {
    if (this.isDisposed) throw new LaneError('worker-failed', 'The frame was removed before its worker started.')
    const worker = this.#nextWorker++
    const { port1, port2 } = new MessageChannel()
    this.#workers.set(worker, { onFailure })
    const line = program.blocks ? new MessageChannel() : undefined
    this.#control.postMessage({ command: 'start', worker, program: this.#load(program) }, line ? [port2, line.port2] : [port2])
    const answer: WaitLine['answer'] = (piece, isLast) => {
      if (!this.isDisposed) this.#control.postMessage({ command: 'answer', worker, piece, isLast }, [piece.buffer])
    }
    return { port: port1, wait: line && { port: line.port1, answer }, end: (isUnused = false) => this.#end(worker, isUnused) }
  }

  #load(program: Program): number {
    const known = this.#programs.get(program)
    if (known !== undefined) return known
    const number = this.#programs.size + 1
    this.#programs.set(program, number)
    this.#control.postMessage({ command: 'load', program: number, ...program })
    return number
  }

  dispose(): void {
    this.#scope.dispose()
    const removed = new LaneError('worker-failed', 'The frame was removed.')
    const workers = [...this.#workers.values()]
    this.#workers.clear()
    for (const { onEnded, onFailure } of workers) {
      if (onEnded) onEnded()
      else onFailure(removed)
    }
  }

  #end(worker: number, isUnused: boolean): Promise<void> {
    const entry = this.#workers.get(worker)
    if (entry === undefined || this.isDisposed) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.dispose(), isUnused || this.#workers.size > 1 ? SHARED_END_ACK_MS : END_ACK_MS)
      entry.onEnded = () => {
        clearTimeout(timer)
        resolve()
      }
      this.#control.postMessage({ command: 'end', worker })
    })
  }

  #receive(data: unknown): void {
    const message = eventOf(data)
    const worker = typeof message['worker'] === 'number' ? message['worker'] : 0
    switch (message['event']) {
      case 'ended':
        this.#workers.get(worker)?.onEnded?.()
        this.#workers.delete(worker)
        return
      case 'worker-error':
        return this.#workers.get(worker)?.onFailure(new LaneError('worker-failed', 'The worker reported an error.', { cause: message['message'] }))
      case 'failed': {
        const error = new LaneError('worker-failed', `The frame could not carry out "${String(message['what']).slice(0, 40)}".`, {
          cause: message['message'],
        })
        if (worker !== 0) return this.#workers.get(worker)?.onFailure(error)
        // A module did not compile: the frame is of no use to its extension.
        for (const { onFailure } of [...this.#workers.values()]) onFailure(error)
        return this.dispose()
      }
      default: // forms of another version: nothing to do, the deadlines of start and end apply
    }
  }
}

function eventOf(data: unknown): Readonly<Record<string, unknown>> {
  return typeof data === 'object' && data !== null ? (data as Readonly<Record<string, unknown>>) : {} // read by own names only, each checked
}
