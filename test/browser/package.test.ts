/** The same package in a real engine: its zip, Blob, fetch and crypto instead of Node's. */
import { zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { loadSource } from '../../src/package/source.ts'
import { toStored } from '../../src/package/stored.ts'
import { parseTrust } from '../../src/package/trust.ts'
import { verifyPackage, verifyStored } from '../../src/package/verify.ts'
import { DATA, DIGEST, FILES, MAIN, MANIFEST, manifestText } from '../unit/package/fixture.ts'

const TRUST = parseTrust({ kind: 'development' })
const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
const archive = (): Uint8Array<ArrayBuffer> =>
  new Uint8Array(zipSync({ 'glovebox.json': encode(manifestText()), 'main.js': encode(MAIN), 'data/cities.json': encode(DATA) }))
const load = (source: unknown) => loadSource(source, { fetch: globalThis.fetch })

describe('one package has one digest in every engine', () => {
  test.each<readonly [name: string, source: () => unknown]>([
    ['as an object', () => ({ manifest: MANIFEST, files: FILES })],
    ['as bytes', archive],
    ['as a Blob', () => new Blob([archive()])],
    ['as a File', () => new File([archive()], 'adder.glove')],
    ['as a blob: URL', () => URL.createObjectURL(new Blob([archive()]))],
  ])('%s', async (_name, source) => {
    const pkg = await verifyPackage(await load(source()), TRUST)

    expect(pkg).toMatchObject({ digest: DIGEST, identity: { origin: 'local' } })
  })

  test('and survives structured clone, as a database does it', async () => {
    const pkg = await verifyPackage(await load(archive()), TRUST)

    const again = await verifyStored(structuredClone(toStored(pkg)), { digest: pkg.digest, origin: 'local' }, TRUST)

    expect(again.manifest).toEqual(pkg.manifest)
  })
})

describe('the real fetch', () => {
  test('reports a URL that nobody serves', async () => {
    await expect(load('http://127.0.0.1:1/glovebox.json')).rejects.toMatchObject({ code: 'fetch-failed' })
  })

  test('is aborted with the reason of the caller', async () => {
    const reason = new Error('enough')

    await expect(loadSource('http://127.0.0.1:1/glovebox.json', { fetch: globalThis.fetch, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })

  test('takes no blob: URL of a bare manifest, which has no directory', async () => {
    const url = URL.createObjectURL(new Blob([manifestText()]))

    await expect(load(url)).rejects.toMatchObject({ code: 'fetch-failed' })
  })
})
