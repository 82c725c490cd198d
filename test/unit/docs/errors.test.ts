/** The README's table of errors beside the unions that the code is made of. */
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'

const read = (path: string): Promise<string> => readFile(new URL(`../../../${path}`, import.meta.url), 'utf8')

async function codesInSource(): Promise<ReadonlyMap<string, readonly string[]>> {
  const unions = (await read('src/errors.ts')).matchAll(/^export type (\w+Error)Code =\n((?: {2}(?:\/\*\*.*\*\/|\| '[a-z-]+'|\*.*|\/\*\*.*)\n)+)/gm)
  return new Map([...unions].map(([, name = '', body = '']) => [name, [...body.matchAll(/^ {2}\| '([a-z-]+)'/gm)].map(([, code = '']) => code)]))
}

describe("the README's errors", () => {
  it('are all the classes and codes there are', async () => {
    const rows = (await read('README.md')).matchAll(/^\| `(\w+Error)` \| (.+) \|$/gm)
    const told = new Map([...rows].map(([, name = '', codes = '']) => [name, codes.split(' ').map((code) => code.replaceAll('`', ''))]))
    const known = await codesInSource()

    expect(known.size).toBeGreaterThan(5)
    expect(told).toEqual(known)
  })
})
