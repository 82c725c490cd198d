/** Two real tabs of one browser over one database: what one uninstalls ends in the other, and nothing that is answered there comes back. */
import type { Page } from 'playwright'
import { describe, expect, test } from 'vitest'
import { useGallery } from './gallery.ts'

const ID = 'com.example.tabs'

/** Opens a box whose questions wait for `answer(decision)`, and `use(id)` that tells how a use ended. */
const OPEN = `(async () => {
  const { createGlovebox } = await import('/glovebox/index.js')
  const questions = []
  const prompt = ({ permissions }) => new Promise((resolve) => questions.push((decision) => resolve(permissions.map(() => decision))))
  const box = await createGlovebox({ name: 'tabs', trust: { kind: 'development' }, prompt })
  const use = (id) => box.get(id).call('get', []).then(() => 'done', (error) => error.guestCode ?? error.code)
  globalThis.tab = { box, use, count: () => questions.length, answer: (decision) => questions.shift()?.(decision) }
})()`

const INSTALL = `tab.box.install({
  manifest: {
    id: '${ID}', name: 'Tabs', version: '1.0.0', lane: 'script', entry: 'main.js', files: ['main.js'],
    optionalPermissions: [{ name: 'storage:read', scope: { prefixes: ['a'] }, reason: 'to test' }],
  },
  files: { 'main.js': "export const get = () => glovebox.storage.get('a')" },
}).then((extension) => { globalThis.extension = extension })`

async function settled(page: Page, question: string, answer: unknown): Promise<void> {
  await expect.poll(() => page.evaluate(question), { timeout: 5_000 }).toBe(answer)
}

describe('two tabs', { timeout: 60_000 }, () => {
  const gallery = useGallery()

  test('an uninstall in one ends the extension in the other, and an answer there grants nothing to the next', async () => {
    const { page: here, close } = await gallery.open()
    const there = await here.context().newPage()
    await there.goto(gallery.url)
    await here.evaluate(OPEN)
    await here.evaluate(INSTALL)
    await there.evaluate(OPEN)
    await there.evaluate(`globalThis.extension = tab.box.get('${ID}'); globalThis.used = tab.use('${ID}'); undefined`)
    await settled(there, 'tab.count()', 1)

    await here.evaluate(`tab.box.uninstall('${ID}')`)
    await there.evaluate(`tab.answer('always')`)
    expect(await there.evaluate('used')).toMatch(/^(disposed|not-installed)$/)
    await settled(there, 'extension.state', 'uninstalled')

    await here.evaluate(INSTALL)
    await here.evaluate(`globalThis.used = tab.use('${ID}'); undefined`)
    await settled(here, 'tab.count()', 1)
    await here.evaluate(`tab.answer('deny')`)
    expect(await here.evaluate('used')).toBe('permission-denied')
    await close()
  })
})
