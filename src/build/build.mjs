// @ts-check
/** `npm run build`: dist/ and its types. */
import { runnerImport } from 'vite'

/** @type {{ module: typeof import('./library.ts') }} */
const { module: library } = await runnerImport(new URL('library.ts', import.meta.url).pathname)
/** @type {{ module: typeof import('./types.ts') }} */
const { module: types } = await runnerImport(new URL('types.ts', import.meta.url).pathname)

await library.buildLibrary()
await types.buildTypes()
