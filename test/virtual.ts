/** Modules that Node makes for tests in browsers: what `make` gives is JSON, the default export of `virtual:glovebox-NAME`. */
import type { Plugin } from 'vite'

/** @param make  is told how to have a file watched */
export function virtualModule(name: string, make: (watch: (file: string) => void) => Promise<unknown>): Plugin {
  const id = `virtual:glovebox-${name}`
  return {
    name: `glovebox-${name}`,
    resolveId: (asked) => (asked === id ? `\0${id}` : undefined),
    async load(asked) {
      if (asked !== `\0${id}`) return undefined
      return `export default ${JSON.stringify(await make((file) => this.addWatchFile(file)))}`
    },
  }
}
