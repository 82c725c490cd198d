// @ts-check
/** quickjs-emscripten without anything of ours: the program as a script, its jobs until none is left or the time is over. */
import { newQuickJSWASMModule, shouldInterruptAfterDeadline } from 'quickjs-emscripten'

addEventListener('message', async ({ data: { program, budgetMs } }) => {
  try {
    postMessage({ wptResult: await run(program, budgetMs) })
  } catch (error) {
    postMessage({ wptFailure: `${error}` })
  }
})

/** @param {string} program @param {number} budgetMs */
async function run(program, budgetMs) {
  const quickjs = await newQuickJSWASMModule()
  const runtime = quickjs.newRuntime()
  const vm = runtime.newContext()
  runtime.setInterruptHandler(shouldInterruptAfterDeadline(Date.now() + budgetMs))
  vm.unwrapResult(vm.evalCode(program, 'test.js')).dispose()
  const ended = runtime.executePendingJobs()
  if (ended.error) ended.error.dispose()
  return vm.getString(vm.unwrapResult(vm.evalCode('wptResult.read()')))
}
