// @ts-check
/** The same plug-in in Extism's own runtime, as its documentation shows it; its module is compiled once. */
import { CONFIG, knownNames, LETTER, SURE } from './guest-work.js'

/** As it is with a console for a logger: `info`. */
export const LOG_LEVEL = 2

/** @type {Promise<WebAssembly.Module> | undefined} */
let compiling

/** @param {boolean} runInWorker @returns {import('./subject.js').Subject} */
export function extismSubject(runInWorker) {
  return {
    async open() {
      compiling ??= WebAssembly.compileStreaming(fetch('/guests/redact/dist/redact.wasm'))
      const { createPlugin } = await import('@extism/extism') // not before the worker's class is what it shall be
      const plugin = await createPlugin({ wasm: [{ module: await compiling }] }, {
        runInWorker, useWasi: false, config: CONFIG,
        functions: {
          'extism:host/user': {
            known_names: (context, address) => context.store(JSON.stringify(knownNames(context.read(address)?.json()))),
          },
          // Version 1.0.3 does not have it. In the worker it must not be a call of the page's.
          ...(runInWorker ? {} : { 'extism:host/env': { get_log_level: () => LOG_LEVEL } }),
        },
      })
      return {
        echo: async (value) => (await plugin.call('forget', SURE), value),
        ask: async () => (await plugin.call('redact', LETTER))?.json(),
        stop: () => plugin.close(),
      }
    },
    isSmallOnly: true,
  }
}
