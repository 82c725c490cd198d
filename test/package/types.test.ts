/** The published types in an app that has the least: only the library's own dependencies, no `esnext` in its `lib`, and nothing skipped. */
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const APP = `
  import { createGlovebox, type GuestHandle } from 'glovebox'
  import { consentDialog } from 'glovebox/ui'
  export const box = createGlovebox({ trust: { kind: 'development' }, prompt: consentDialog() })
  export const close = (handle: GuestHandle): void => handle.dispose()
  export const use = async (handle: GuestHandle): Promise<unknown> => {
    using held = handle
    return held.call('get')
  }
`

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'glovebox-types-'))
  const { dependencies } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
  for (const name of Object.keys(dependencies)) {
    await mkdir(dirname(join(folder, 'node_modules', name)), { recursive: true })
    await symlink(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name))
  }
  await cp(join(ROOT, 'dist/types'), join(folder, 'node_modules/glovebox/dist/types'), { recursive: true })
  await cp(join(ROOT, 'package.json'), join(folder, 'node_modules/glovebox/package.json'))
  await writeFile(join(folder, 'app.ts'), APP)
})
afterAll(() => rm(folder, { recursive: true }))

test.each(['bundler', 'nodenext'])('an app with lib es2023 and dom compiles without skipLibCheck (%s)', async (moduleResolution) => {
  const compilerOptions = {
    lib: ['es2023', 'dom'], target: 'es2022', module: moduleResolution === 'bundler' ? 'esnext' : 'nodenext', moduleResolution,
    types: [], strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true,
  }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }))

  const told = await promisify(execFile)(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', '.'], { cwd: folder })
    .then(() => '', ({ stdout }: { readonly stdout: string }) => stdout)

  expect(told).toBe('')
})
