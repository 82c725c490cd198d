// @ts-check
/**
 * A vitest reporter that writes down errors nobody handled, with the test file they came from: vitest's JSON report leaves them out. They go
 * beside that report, into `<report>.unhandled`.
 */
import { writeFileSync } from 'node:fs'

/** @typedef {{ readonly file: string | undefined, readonly message: string }} Unhandled */

// vitest takes the default export of a reporter's file.
export default class UnhandledReporter {
  #file = ''

  /** @param {import('vitest/node').Vitest} vitest */
  onInit(vitest) {
    const { outputFile } = vitest.config
    const report = typeof outputFile === 'object' ? outputFile['json'] : undefined
    if (report !== undefined) this.#file = `${report}.unhandled`
  }

  /** @param {unknown} _modules @param {readonly unknown[]} errors */
  onTestRunEnd(_modules, errors) {
    if (this.#file !== '') writeFileSync(this.#file, JSON.stringify(errors.map(describe)))
  }
}

/** @param {unknown} error @returns {Unhandled} */
function describe(error) {
  const file = Reflect.get(Object(error), 'VITEST_TEST_PATH')
  return { file: typeof file === 'string' ? file : undefined, message: String(Reflect.get(Object(error), 'message') ?? error) }
}
