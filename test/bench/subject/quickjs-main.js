// @ts-check
/** quickjs-emscripten on the page's own thread: nothing stops it, and it stops the page. */
import { openQuickJs } from './quickjs.js'

/** @type {import('./subject.js').Subject} */
export const subject = {
  async open() {
    const vm = await openQuickJs()
    return { echo: async (value) => vm.echo(value), stop: () => {} }
  },
}
