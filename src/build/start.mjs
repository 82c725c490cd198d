// @ts-check
/** `npm start`: installs what is missing, builds the library and the demo, serves it on loopback and prints its address. */
import { join } from 'node:path'
import { installDependencies } from './dependencies.mjs'
import { ROOT, run, say } from './run.mjs'

/** Storage and grants belong to an origin, port included: the same one at every start finds them again. */
const USUAL_PORT = 8620

await installDependencies()
say('Building')
if ((await run(process.execPath, [join(ROOT, 'src/build/build.mjs')])) !== 0) process.exit(1)
const { buildDemo } = await import('../../demo/build.mjs')
const { startDemo } = await import('../../demo/server.mjs')
await buildDemo()
const server = await startUsual()
say(`\nThe demo is at ${server.url}  (Ctrl+C ends it)`)

async function startUsual() {
  const asked = process.env['PORT']
  if (asked) return startDemo({ port: Number(asked) })
  return startDemo({ port: USUAL_PORT }).catch(() => startDemo({ port: 0 }))
}
