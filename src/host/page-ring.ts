/**
 * `isolation: 'worker'`: workers made by the page itself, without the origin ring. Code that escaped the VM would have the page's origin:
 * its IndexedDB, caches and cookies. An explicit choice, shown in `box.report()`.
 */
import { LaneError } from '../errors.ts'
import type { Assets } from './assets.ts'
import type { Ring, RingWorker } from './ring.ts'

export class PageRing implements Ring {
  readonly #assets: Assets
  readonly #workers = new Set<Worker>()
  #isDisposed = false

  constructor(assets: Assets) {
    this.#assets = assets
  }

  get isDisposed(): boolean {
    return this.#isDisposed
  }

  async startWorker(onFailure: (error: LaneError) => void): Promise<RingWorker> {
    const { source, engine } = await this.#assets.load()
    const compiled = await WebAssembly.compile(engine)
    if (this.#isDisposed) throw new LaneError('worker-failed', 'The box was disposed before its worker started.')
    const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }))
    const worker = new Worker(url)
    URL.revokeObjectURL(url)
    this.#workers.add(worker)
    worker.onerror = (event) => {
      event.preventDefault()
      onFailure(new LaneError('worker-failed', 'The worker reported an error.'))
    }
    const { port1, port2 } = new MessageChannel()
    worker.postMessage({ engine: compiled, port: port2 }, [port2])
    return { port: port1, end: () => Promise.resolve(this.#end(worker)) }
  }

  dispose(): void {
    this.#isDisposed = true
    for (const worker of this.#workers) worker.terminate()
    this.#workers.clear()
  }

  #end(worker: Worker): void {
    worker.terminate()
    this.#workers.delete(worker)
  }
}
