// @ts-check
/** `npm run check`: what must hold before anything is published. Runs every step, also after one that failed. */
import { join } from 'node:path'
import { installDependencies } from './dependencies.mjs'
import { forgetReport, reportFile } from './results.mjs'
import { ROOT, run, say } from './run.mjs'

await installDependencies()

const bin = (/** @type {string} */ path) => join(ROOT, 'node_modules', path)

/** @type {readonly (readonly [string, readonly string[]])[]} */
const steps = [
  ['types of the library', [bin('typescript/bin/tsc'), '-p', 'tsconfig.json']],
  ['types of tests and build scripts', [bin('typescript/bin/tsc'), '-p', 'tsconfig.node.json']],
  ['types of the demo', [bin('typescript/bin/tsc'), '-p', 'demo/tsconfig.json']],
  ['build', [join(ROOT, 'src/build/build.mjs')]],
  ['package.json against what it ships (publint)', [bin('publint/src/cli.js'), 'run', '--strict', '.']],
  ['import arrows and the tarball', [
    bin('vitest/vitest.mjs'), 'run', '--project', 'unit', '--project', 'package', 'test/unit/layering', 'test/package',
    '--reporter=default', '--reporter=json', `--outputFile.json=${reportFile('check')}`,
  ]],
]

forgetReport('check')
/** @type {string[]} */
const failed = []
for (const [name, args] of steps) {
  say(`\n== ${name}`)
  if ((await run(process.execPath, args)) !== 0) failed.push(name)
}
say(failed.length === 0 ? '\nEvery check holds.' : `\nFailed: ${failed.join('; ')}`)
process.exit(failed.length === 0 ? 0 : 1)
