import { expect, test } from 'vitest'
import { extractSections } from '../../docs/extract.ts'

const MARKDOWN = ['# Title', '```sh', '# not a heading', 'npm test', '```', '## Weather', '```js', '// main.js', 'export const a = 1', '```',
  '```json data/cities.json', '[]', '```', '1. in a list', '   ```ts continue', '   const b = 2', '   ```', '```json api=/forecast', '{}', '```'].join('\n')

test('finds blocks by section, with their names, places and lines', () => {
  const sections = extractSections(MARKDOWN)

  expect(sections).toMatchObject([{
    heading: 'Weather',
    blocks: [
      { language: 'js', file: 'main.js', line: 8, continues: false },
      { language: 'json', file: 'data/cities.json', code: '[]' },
      { language: 'ts', file: undefined, code: 'const b = 2', continues: true },
      { language: 'json', file: undefined, api: '/forecast' },
    ],
  }])
})

test('refuses a block without an end', () => {
  expect(() => extractSections('```ts\nconst a = 1')).toThrow(/line 1/)
})
