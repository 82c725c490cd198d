/**
 * `isolation: 'worker'`: workers made by the page itself, without the origin ring. Code that escaped the VM would have the page's origin:
 * its IndexedDB, caches and cookies. An explicit choice, shown in `box.report()`.
 */
import { LaneError } from '../errors.ts'
import type { Program } from './program.ts'
import type { Ring, RingWorker } from './ring.ts'

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
    worker.postMessage({ modules, port: port2 }, [port2])
    return { port: port1, end: () => Promise.resolve(this.#end(worker)) }
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
