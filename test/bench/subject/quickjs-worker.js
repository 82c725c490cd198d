// @ts-check
/** quickjs-emscripten in a worker behind Comlink: what one would write by hand. No second ring, no broker, no limits. */
import { transfer, wrap } from 'comlink'
import { WEB_FILES } from './web-source.js'

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
  isMarkdownOnly: true,
  async openWeb() {
    const remote = /** @type {any} */ (wrap(new Worker(new URL('./markdown-thread.worker.js', import.meta.url), { type: 'module' })))
    await remote.open(WEB_FILES['render.js'], WEB_FILES['marked.js'])
    return { call: (_name, text) => remote.render(text) }
  },
}
