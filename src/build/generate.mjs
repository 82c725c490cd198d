// @ts-check
/** `npm run generate`: everything that is made from the sources and kept in the repository. */
import { mkdir, writeFile } from 'node:fs/promises'
import { runnerImport } from 'vite'
import { generateAll, ROOT } from './wit-types.mjs'

/** @type {{ module: typeof import('./web-api.ts') }} */
const { module: webApi } = await runnerImport(new URL('web-api.ts', import.meta.url).pathname)

await mkdir(`${ROOT}src/generated`, { recursive: true })
for (const [file, text] of await generateAll()) await writeFile(`${ROOT}src/generated/${file}`, text)
await writeFile(webApi.WEB_API_FILE, await webApi.makeWebApiTable())
