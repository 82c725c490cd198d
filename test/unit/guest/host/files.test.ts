import { describe, expect, test } from 'vitest'
import { createFiles } from '../../../../src/guest/host/files.ts'
import type * as Wit from '../../../../src/generated/files.ts'
import { GLUE_DISPOSE } from '../../../../src/guest/wasi/resource.ts'
import { chunks, codeOf, createContext, FakeOutward, fails } from './harness.ts'

interface Held extends Record<typeof GLUE_DISPOSE, () => void> {
  name(): string
  size(): bigint
  mediaType(): string
  read(): unknown
}

const PICKED = [{ handle: 3, name: 'a.txt', size: 5, type: 'text/plain', modified: 0 }, { handle: 4, name: 'b', size: 0, type: '', modified: 0 }]

async function open(waits: 'jspi' | 'shared-buffer' = 'jspi', max?: number) {
  const outward = new FakeOutward(waits)
  outward.answers.set('picked.open', () => PICKED).set('picked.read', () => 2)
  outward.sources.set(2, chunks('abc', 'de'))
  const context = createContext(outward, max)
  const files = createFiles(context)
  const pick = files.pick as (options: Wit.PickOptions) => unknown
  return { outward, context, files, pick: async () => (await pick({ accept: ['.txt'], multiple: true })) as Held[] }
}

const textOf = (bytes: unknown): unknown => (bytes instanceof Uint8Array ? new TextDecoder().decode(bytes) : bytes)

describe.each(['jspi', 'shared-buffer'] as const)('picked files, waiting by %s,', (waits) => {
  test('tell what they are, and are read to the end, from one stream', async () => {
    const { outward, pick } = await open(waits)
    const [file] = await pick()

    expect([file?.name(), file?.size(), file?.mediaType()]).toEqual(['a.txt', 5n, 'text/plain'])
    const read = []
    for (let n = 0; n < 4; n++) read.push(textOf(await file?.read()))
    expect(read).toEqual(['abc', 'de', undefined, undefined])
    expect(outward.told).toEqual([['picked.open', { accept: ['.txt'], multiple: true }], ['picked.read', 3]])
  })

  test('are counted, and given back when they are dropped, once', async () => {
    const { outward, context, pick } = await open(waits)
    const [file] = await pick()
    await file?.read()
    const before = context.resources.open
    file?.[GLUE_DISPOSE]()
    file?.[GLUE_DISPOSE]()

    expect([before, context.resources.open]).toEqual([2, 1])
    expect(outward.told.slice(2)).toEqual(['cancel 2', ['picked.close', 3]])
  })

  test('go on failing once they failed; a refusal to begin may pass', async () => {
    const { outward, pick } = await open(waits)
    const [file] = await pick()
    outward.answers.set('picked.read', fails('queue-full'))
    const first = await codeOf(() => file?.read())
    outward.answers.set('picked.read', () => 2)
    outward.sources.set(2, fails('permission-revoked'))

    expect([first, await codeOf(() => file?.read())]).toEqual(['queue-full', 'permission-revoked'])
    outward.sources.set(2, chunks('late'))
    expect(await codeOf(() => file?.read())).toBe('permission-revoked')
  })

  test('are saved', async () => {
    const { outward, files } = await open(waits)
    await files.save('a.txt', new TextEncoder().encode('hello'))

    expect(outward.told).toHaveLength(3)
    expect(outward.told).toEqual(expect.arrayContaining(['write 5', 'end', ['picked.save', 'a.txt', 9]]))
  })

  test('are not saved where the page refuses, whatever became of the bytes', async () => {
    const { outward, files } = await open(waits)
    outward.answers.set('picked.save', fails('gesture-required'))
    if (waits === 'jspi') outward.onWrite = fails('internal')

    expect(await codeOf(() => files.save('a.txt', new Uint8Array(3)))).toBe('gesture-required')
    expect(outward.told.at(-1)).toBe('fail')
  })
})

test('a worker that blocks sends all of the bytes before it asks, and refuses more than the page keeps', async () => {
  const { outward, files } = await open('shared-buffer')
  await files.save('a', new Uint8Array(3))

  expect(outward.told).toEqual(['write 3', 'end', ['picked.save', 'a', 9]])
  expect(await codeOf(() => files.save('a', new Uint8Array(2 ** 24 + 1)))).toBe('body-too-large')
  expect(outward.told).toHaveLength(3)
})

test('more files than the component may hold end it', async () => {
  const { pick } = await open('jspi', 1)

  await expect(pick()).rejects.toMatchObject({ code: 'too-many-handles' })
})
