/** Components of test/fixtures/ in real boxes. They come prepared (test/server/prepared.ts): most tests are not about that. */
import type { Extension, GloveboxOptions } from 'glovebox'
import { inject } from 'vitest'
import { openBox, type TestPackage } from './box-harness.ts'

const { origin } = inject('server')

/** @param fixture  `NAME/NAME`, or another file's path in test/fixtures/ without its ending */
export async function loadFixture(fixture: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(`/test/fixtures/${fixture}.wasm`)
  // What Vite has not, it answers with a page.
  if (response.headers.get('content-type') !== 'application/wasm') throw new Error(`There is no component ${fixture} in test/fixtures/.`)
  return new Uint8Array(await response.arrayBuffer())
}

/** The option `prepared` of a box in which `fixture` is the only component. */
export function preparedFixture(fixture: string): NonNullable<GloveboxOptions['prepared']> {
  return async (key) => {
    const preparation = key.slice(key.indexOf(' ') + 1) // behind the digest, which the manifest's words change
    const response = await fetch(`${origin}/prepared?${new URLSearchParams({ fixture, preparation }).toString()}`)
    return response.ok ? response.arrayBuffer() : undefined
  }
}

export async function componentPackage(fixture: string, manifest: Readonly<Record<string, unknown>> = {}): Promise<TestPackage> {
  return {
    manifest: { id: 'com.example.test', name: 'Test', version: '1.0.0', lane: 'component', entry: 'main.wasm', files: ['main.wasm'], ...manifest },
    files: { 'main.wasm': await loadFixture(fixture) },
  }
}

/** In a box of its own. */
export async function installComponent(
  fixture: string, manifest: Readonly<Record<string, unknown>> = {}, options: Partial<GloveboxOptions> = {},
): Promise<Extension> {
  const box = await openBox({ prepared: preparedFixture(fixture), ...options })
  return box.install(await componentPackage(fixture, manifest))
}
