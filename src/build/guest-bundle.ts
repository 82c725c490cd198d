/**
 * Code that runs inside QuickJS, as scripts: a module with what it imports becomes one text whose completion value is one of its exports.
 * It leaves no globals. Names are kept through minification: a class of the prelude is a global of the guest, and its `name` is API.
 */
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const ENTRY_ID = '\0glovebox-guest-entry'
const PRELUDE_FILE = fileURLToPath(new URL('../guest/script/prelude/main.ts', import.meta.url))
const RESULT = '__gloveboxResult'

/** The code that runs before any guest code. `file` must export a function named `prelude`. */
export function bundlePrelude(file: string = PRELUDE_FILE): Promise<string> {
  return bundleForGuest(file, 'prelude')
}

/** @param from  a file or a package */
export async function bundleForGuest(from: string, name: string): Promise<string> {
  const build = await rolldown({
    input: ENTRY_ID,
    platform: 'neutral',
    // Private fields stay native: lowered to WeakMaps they would keep what they hold until QuickJS's next collection, which the bytes of
    // incoming buffers do not bring nearer, and calls with large buffers would run out of memory.
    transform: { target: 'es2022' },
    plugins: [{
      name: 'guest-entry',
      resolveId: (id) => (id === ENTRY_ID ? id : undefined),
      load: (id) => (id === ENTRY_ID ? `export { ${name} as default } from ${JSON.stringify(from)}` : undefined),
    }],
  })
  try {
    const { output } = await build.generate({ format: 'iife', name: RESULT, exports: 'default', keepNames: true, minify: true })
    // The wrapping arrow keeps the bundle's one variable local; modules are strict, which the bundle does not say.
    return `(()=>{"use strict";${output[0].code.trim()}\nreturn ${RESULT}})()`
  } finally {
    await build.close()
  }
}
