// @ts-check
/**
 * JavaScript as a component, by componentize-qjs, which puts QuickJS beside it. `--sync`: without the asynchronous parts of the component
 * model. The engine is stored after its start, random seed and all, so no two builds have the same bytes.
 */
import { existsSync } from 'node:fs'
import { run } from '../run.mjs'
import { installNpm, npmFile } from './npm.mjs'

const COMPONENTIZE = npmFile('componentize-qjs/cli.mjs')

/** @type {import('../build.mjs').Toolchain} */
export const javascript = {
  async missing() {
    return existsSync(COMPONENTIZE) ? undefined : 'componentize-qjs is missing: --install puts it into .cache, from npm'
  },
  async install() {
    await installNpm('componentize-qjs@0.4.3')
  },
  async build({ name }, folder, output) {
    await run(process.execPath, [COMPONENTIZE, '-w', 'wit', '-j', 'app.js', '-n', name, '--sync', '--opt-size', '-o', output], { cwd: folder })
  },
}
