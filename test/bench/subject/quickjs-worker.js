// @ts-check
/** quickjs-emscripten in a worker behind Comlink: what one would write by hand. No second ring, no broker, no limits. */
import { transfer, wrap } from 'comlink'

/** @type {import('./subject.js').Subject} */
export const subject = {
  async open() {
    const worker = new Worker(new URL('./quickjs-thread.worker.js', import.meta.url), { type: 'module' })
    const remote = /** @type {any} */ (wrap(worker))
    await remote.open()
    return {
      echo: (value) => remote.echo(value instanceof Uint8Array ? transfer(value, [value.buffer]) : value),
      stop: () => worker.terminate(),
    }
  },
}
