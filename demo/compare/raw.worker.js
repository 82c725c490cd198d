// The bundle in quickjs-emscripten as its documentation shows it, nothing of glovebox around it. Each message is one run.
import { newQuickJSWASMModule } from 'quickjs-emscripten'

let opened

addEventListener('message', async ({ data: url }) => {
  try {
    opened ??= open(url)
    postMessage({ value: run(await opened) })
  } catch (error) {
    postMessage({ failure: `${error?.name ?? 'Error'}: ${error?.message ?? error}` })
  }
})

async function open(url) {
  const quickjs = await newQuickJSWASMModule()
  const vm = quickjs.newContext()
  const code = await (await fetch(url)).text()
  const exports = vm.unwrapResult(vm.evalCode(code, 'main.js', { type: 'module' }))
  return { vm, run: vm.getProp(exports, 'run') }
}

/** A promise of the guest's is settled by its jobs alone: no task waits for anything outside. */
function run({ vm, run: task }) {
  const result = vm.unwrapResult(vm.callFunction(task, vm.undefined))
  vm.unwrapResult(vm.runtime.executePendingJobs())
  const state = vm.getPromiseState(result)
  if (state.type === 'rejected') vm.unwrapResult({ error: state.error })
  if (state.type === 'pending') throw new Error('still pending')
  return (state.value ?? result).consume((text) => vm.getString(text))
}
