// @ts-check
/** quickjs-emscripten as its documentation shows it: a context, a module, its function, values as JSON and bytes as buffers. */
import { newQuickJSWASMModule } from 'quickjs-emscripten'
import { ECHO_SOURCE } from './subject.js'

const GLUE = `${ECHO_SOURCE}
export const echoJson = (text) => JSON.stringify(echo(JSON.parse(text)))`

/** A wasm module of its own: the memory of one guest is not another's. */
export async function openQuickJs() {
  const quickjs = await newQuickJSWASMModule()
  const vm = quickjs.newContext()
  const exports = vm.unwrapResult(vm.evalCode(GLUE, 'main.js', { type: 'module' }))
  const echo = vm.getProp(exports, 'echo')
  const echoJson = vm.getProp(exports, 'echoJson')

  /** @param {import('quickjs-emscripten').QuickJSHandle} fn @param {import('quickjs-emscripten').QuickJSHandle} arg */
  const callWith = (fn, arg) => arg.consume((lent) => vm.unwrapResult(vm.callFunction(fn, vm.undefined, lent)))
  return {
    /** @param {any} value */
    echo(value) {
      if (value instanceof Uint8Array) {
        const buffer = /** @type {ArrayBuffer} */ (value.buffer)
        return callWith(echo, vm.newArrayBuffer(buffer)).consume((result) => vm.getArrayBuffer(result).consume(({ value: bytes }) => bytes.slice()))
      }
      return callWith(echoJson, vm.newString(JSON.stringify(value))).consume((result) => JSON.parse(vm.getString(result)))
    },
  }
}
