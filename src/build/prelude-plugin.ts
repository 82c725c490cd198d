/**
 * `virtual:glovebox-prelude`: the code that runs inside QuickJS before any guest code, as one string.
 * The string is a script whose completion value is the function `prelude` of src/guest/script/prelude/main.ts; it leaves no globals.
 * Names are kept through minification: a class of the prelude is a global of the guest, and its `name` is API.
 */
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import type { Plugin } from 'vite'

const PRELUDE_ID = 'virtual:glovebox-prelude'
const RESOLVED_ID = `\0${PRELUDE_ID}`
const MAIN_FILE = fileURLToPath(new URL('../guest/script/prelude/main.ts', import.meta.url))
const RESULT = '__gloveboxPrelude'

export interface PreludeBundle {
  readonly code: string
  /** Every file that went into it, for watching. */
  readonly files: readonly string[]
}

/** Bundles the prelude; `main` must export a function named `prelude`. */
export async function bundlePrelude(main: string = MAIN_FILE): Promise<PreludeBundle> {
  const entry = `${RESOLVED_ID}-entry`
  const build = await rolldown({
    input: entry,
    platform: 'neutral',
    // Private fields stay native: lowered to WeakMaps they would keep what they hold until QuickJS's next collection, which the bytes of
    // incoming buffers do not bring nearer, and calls with large buffers would run out of memory.
    transform: { target: 'es2022' },
    plugins: [{
      name: 'prelude-entry',
      resolveId: (id) => (id === entry ? id : undefined),
      load: (id) => (id === entry ? `export { prelude as default } from ${JSON.stringify(main)}` : undefined),
    }],
  })
  try {
    const { output } = await build.generate({ format: 'iife', name: RESULT, exports: 'default', keepNames: true, minify: true })
    const [chunk] = output
    // The wrapping arrow keeps the bundle's one variable local; modules are strict, which the bundle does not say.
    const code = `(()=>{"use strict";${chunk.code.trim()}\nreturn ${RESULT}})()`
    return { code, files: chunk.moduleIds.filter((id) => !id.startsWith('\0')) }
  } finally {
    await build.close()
  }
}

export function preludePlugin(): Plugin {
  return {
    name: 'glovebox-prelude',
    resolveId: { filter: { id: /^virtual:glovebox-prelude$/ }, handler: () => RESOLVED_ID },
    load: {
      filter: { id: /^\0virtual:glovebox-prelude$/ },
      async handler() {
        const { code, files } = await bundlePrelude()
        for (const file of files) this.addWatchFile(file)
        return `export default ${JSON.stringify(code)}`
      },
    },
  }
}
