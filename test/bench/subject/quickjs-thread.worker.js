// @ts-check
import { expose, transfer } from 'comlink'
import { openQuickJs } from './quickjs.js'

/** @type {Awaited<ReturnType<typeof openQuickJs>> | undefined} */
let vm

expose({
  async open() {
    vm = await openQuickJs()
  },
  /** @param {any} value */
  echo(value) {
    const result = vm?.echo(value)
    return result instanceof Uint8Array ? transfer(result, [result.buffer]) : result
  },
})
