// @ts-check
/** Puts the large guests, which git does not have, beside their manifests in the built gallery, and says what is there. */
import { copyFile, mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { builtFile, GUESTS, howToBuild } from './list.mjs'

/**
 * What the gallery's page reads: a guest without `bytes` is not built.
 * @param {string} extensions  the built gallery's folder of packages
 */
export async function copyGuests(extensions) {
  return Promise.all(
    GUESTS.map(async ({ name, isCommitted }) => {
      const file = builtFile(name)
      if (file === undefined) return { name, how: howToBuild(name) }
      const folder = join(extensions, name, 'dist')
      await mkdir(folder, { recursive: true })
      if (!isCommitted) await copyFile(file, join(folder, `${name}.wasm`))
      return { name, bytes: (await stat(file)).size }
    }),
  )
}
