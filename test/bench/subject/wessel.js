// @ts-check
/** @sebastianwessel/quickjs, on the page's own thread: a sandbox for every evaluation, as its documentation shows it. */
import { loadQuickJs } from '@sebastianwessel/quickjs'
import variant from '@jitl/quickjs-wasmfile-release-sync'

/** @type {import('./subject.js').Subject} */
export const subject = {
  async open() {
    const { runSandboxed } = await loadQuickJs(variant)
    return {
      async echo(value) {
        const code = `const echo = (value) => value\nexport default echo(${JSON.stringify(value)})`
        const result = await runSandboxed(async ({ evalCode }) => evalCode(code), {})
        if (!result.ok) throw new Error(String(result.error.message))
        return result.data
      },
      stop: () => {},
    }
  },
}
