/** Core modules in a real box: from the text format, which the test server compiles, or from files. */
import type { Extension, Glovebox, GloveboxOptions } from 'glovebox'
import { inject } from 'vitest'
import { openBox } from './box-harness.ts'

export async function compileWat(text: string): Promise<Uint8Array> {
  const response = await fetch(`${inject('server').origin}/wat`, { method: 'POST', body: text })
  if (!response.ok) throw new Error(`The text does not compile: ${text.slice(0, 200)}`)
  return new Uint8Array(await response.arrayBuffer())
}

export interface CoreTest {
  readonly core: Record<string, unknown>
  readonly manifest?: Record<string, unknown>
  readonly options?: Partial<GloveboxOptions>
}

/** `source`: text format, or bytes. `box`: a new one with the options when there is none. */
export async function installCore(source: string | Uint8Array, { core, manifest, options }: CoreTest, box?: Glovebox): Promise<Extension> {
  const bytes = typeof source === 'string' ? await compileWat(source) : source
  const into = box ?? (await openBox(options))
  return into.install({
    manifest: { id: 'com.example.core', name: 'Core', version: '1.0.0', lane: 'core', core, entry: 'main.wasm', files: ['main.wasm'], ...manifest },
    files: { 'main.wasm': bytes },
  })
}

export async function fileBytes(url: string): Promise<Uint8Array> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url}: ${response.status}`)
  return new Uint8Array(await response.arrayBuffer())
}
