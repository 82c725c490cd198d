/** The table of options in the host guide has each option that the code knows, once. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { OPTION_NAMES } from '../../../src/host/options.ts'

it('lists every option of createGlovebox', () => {
  const guide = readFileSync(new URL('../../../docs/host-guide.md', import.meta.url), 'utf8')
  const section = /^## Options$(.*?)^## /ms.exec(guide)?.[1] ?? ''
  const listed = [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)

  expect(listed.toSorted()).toEqual(OPTION_NAMES.toSorted())
})

it('has no link to a section that there is not', () => {
  const folder = new URL('../../../docs/', import.meta.url)
  const read = (file: string): string => readFileSync(new URL(file, folder), 'utf8')
  const anchors = (text: string): ReadonlySet<string> =>
    new Set([...text.replaceAll(/^```.*?^```$/gms, '').matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => title.toLowerCase().replaceAll(/[^\w -]/g, '').replaceAll(' ', '-')))
  const broken = ['host-guide.md', 'extension-guide.md', 'architecture.md', 'core-lane.md', 'guest-languages.md', 'security.md'].flatMap((file) =>
    [...read(file).matchAll(/\]\(([\w-]+\.md)?#([\w-]+)\)/g)].flatMap(([link, other = file, anchor = '']) => (anchors(read(other)).has(anchor) ? [] : [`${file}: ${link}`])))

  expect(broken).toEqual([])
})
