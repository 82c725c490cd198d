/** What a broken worker says its main module left behind: kept on the page only as flat bytes of a bounded size, and believed by no worker. */
import type { Extension } from 'glovebox'
import { expect, inject, test } from 'vitest'
import { codeOf, openBox, pkg } from '../browser/box-harness.ts'

async function forge(kind: string): Promise<Extension> {
  const box = await openBox({ assets: `${inject('server').origin}/escaped/` })
  return box.install(pkg(`/* forge load ${kind} */ export const ok = () => 1`))
}

test.each(['resizable', 'yes', 'view', 'text'])('an answer of the kind "%s" ends the instance', async (kind) => {
  expect(await codeOf((await forge(kind)).start())).toBe('malformed-message')
})

test.each(['large', 'noise'])('an image of %s bytes starts nothing: the main module runs again', async (kind) => {
  const extension = await forge(kind)

  expect(await extension.call('ok')).toBe(1)
  await extension.stop()
  expect(await extension.call('ok')).toBe(1)
  expect((await extension.inspect()).instances[0]?.startedFrom).toBe('module')
})
