/**
 * `isolation: 'worker'`: workers made by the page itself, without the origin ring. Code that escaped the VM would have the page's origin:
 * its IndexedDB, caches and cookies. An explicit choice, shown in `box.report()`.
 */
import { LaneError } from '../../errors.ts'
import type { Program } from './program.ts'
import type { Ring, RingWorker } from './ring.ts'
import { CELL, PIECE_BYTES, PIECE_OFFSET } from '../../wire/shared-answer.ts'
import type { WaitLine } from './wait-server.ts'

export class PageRing implements Ring {
  readonly #workers = new Set<Worker>()
  readonly #compiled = new Map<Program, Promise<readonly WebAssembly.Module[]>>()
  #isDisposed = false

  get isDisposed(): boolean {
    return this.#isDisposed
  }

  async startWorker(program: Program, onFailure: (error: LaneError) => void): Promise<RingWorker> {
    const modules = await this.#compile(program)
    if (this.#isDisposed) throw new LaneError('worker-failed', 'The box was disposed before its worker started.')
    const url = URL.createObjectURL(new Blob([program.source], { type: 'text/javascript' }))
    const worker = new Worker(url)
    URL.revokeObjectURL(url)
    this.#workers.add(worker)
    worker.onerror = (event) => {
      event.preventDefault()
      onFailure(new LaneError('worker-failed', 'The worker reported an error.'))
    }
    const { port1, port2 } = new MessageChannel()
    const line = program.blocks ? blockingLine() : undefined
    worker.postMessage({ modules, port: port2, ...(line && { wait: { port: line.far, memory: line.memory } }) }, line ? [port2, line.far] : [port2])
    return { port: port1, wait: line?.near, end: () => Promise.resolve(this.#end(worker)) }
  }

  dispose(): void {
    this.#isDisposed = true
    for (const worker of this.#workers) worker.terminate()
    this.#workers.clear()
  }

  #compile(program: Program): Promise<readonly WebAssembly.Module[]> {
    const compiled = this.#compiled.get(program) ?? Promise.all(program.modules.map((bytes) => WebAssembly.compile(bytes)))
    this.#compiled.set(program, compiled)
    return compiled
  }

  #end(worker: Worker): void {
    worker.terminate()
    this.#workers.delete(worker)
  }
}

/** Without a frame the page itself writes where the worker looks. */
function blockingLine(): { readonly far: MessagePort; readonly memory: SharedArrayBuffer; readonly near: WaitLine } {
  const { port1, port2 } = new MessageChannel()
  const memory = new SharedArrayBuffer(PIECE_OFFSET + PIECE_BYTES)
  const cells = new Int32Array(memory, 0, 3)
  const answer = (piece: Uint8Array, isLast: boolean): void => {
    new Uint8Array(memory, PIECE_OFFSET).set(piece)
    cells[CELL.bytes] = piece.length
    cells[CELL.isLast] = isLast ? 1 : 0
    Atomics.store(cells, CELL.state, 1)
    Atomics.notify(cells, CELL.state)
  }
  return { far: port2, memory, near: { port: port1, answer } }
}
