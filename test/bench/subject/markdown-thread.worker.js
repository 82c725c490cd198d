// @ts-check
/** quickjs-emscripten with one library: it has no API of the web, so Markdown is all that it can be asked for. */
import { expose } from 'comlink'
import { newQuickJSWASMModule } from 'quickjs-emscripten'

/** @type {((text: string) => number) | undefined} */
let render

expose({
  /** @param {string} main @param {string} library */
  async open(main, library) {
    const quickjs = await newQuickJSWASMModule()
    const runtime = quickjs.newRuntime()
    runtime.setModuleLoader(() => library, (_base, name) => name)
    const vm = runtime.newContext()
    const exported = vm.getProp(vm.unwrapResult(vm.evalCode(main, 'main.js', { type: 'module' })), 'render')
    render = (text) => vm.newString(text).consume((handle) => vm.getNumber(vm.unwrapResult(vm.callFunction(exported, vm.undefined, handle))))
  },
  /** @param {string} text */
  render: (text) => render?.(text),
})
