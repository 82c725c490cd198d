// @ts-check
/** A worker behind Comlink that runs the code itself: it has the page's origin, network and storage. */
import { transfer, wrap } from 'comlink'

/** @type {import('./subject.js').Subject} */
export const subject = {
  async open() {
    const worker = new Worker(new URL('./bare-thread.worker.js', import.meta.url), { type: 'module' })
    const remote = /** @type {any} */ (wrap(worker))
    await remote.echo(0)
    return {
      echo: (value) => remote.echo(value instanceof Uint8Array ? transfer(value, [value.buffer]) : value),
      stop: () => worker.terminate(),
    }
  },
  async openWeb() {
    const remote = /** @type {any} */ (wrap(new Worker(new URL('./web-thread.worker.js', import.meta.url), { type: 'module' })))
    return { call: (name, ...args) => remote[name](...args) }
  },
}
