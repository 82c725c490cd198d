/** The extension package that a document's named blocks make, registered at the test server so that the examples can install it. */
import { zipSync } from 'fflate'
import type { Block, Section } from './extract.ts'

export interface DocPackage {
  readonly manifest: Readonly<Record<string, unknown>>
  readonly files: Readonly<Record<string, string>>
}

export const API_ORIGIN = 'https://api.example.com'

/** The package of `section`; undefined when it names no file. */
export function packageOf(section: Section): DocPackage | undefined {
  const named = section.blocks.filter((block) => block.file !== undefined && block.file !== 'glovebox.json')
  const files = Object.fromEntries(named.map((block) => [block.file ?? '', block.code]))
  const [entry] = Object.keys(files)
  if (entry === undefined) return undefined
  const written = section.blocks.find(isManifest)
  const manifest = written ? JSON.parse(written.code) : defaultManifest(entry, Object.keys(files))
  const missing = manifest.files.filter((file: string) => !(file in files))
  if (missing.length > 0) throw new Error(`the manifest lists ${missing.join(', ')}, which no block of "${section.heading}" shows`)
  return { manifest, files }
}

export function isManifest(block: Block): boolean {
  return block.language === 'json' && block.file === undefined ? /"entry"\s*:/.test(block.code) : block.file === 'glovebox.json'
}

function defaultManifest(entry: string, files: readonly string[]): DocPackage['manifest'] {
  return { id: 'com.example.docs', name: 'Example', version: '1.0.0', description: 'An example', lane: 'script', entry, files, permissions: [] }
}

/** Puts the package at `<origin>/files/docs/<id>/`, as loose files and as `extension.glove`; resolves to that address. */
export async function registerPackage(origin: string, { manifest, files }: DocPackage): Promise<string> {
  const local = (text: string): string => text.replaceAll(API_ORIGIN, origin)
  const entries = Object.entries({ 'glovebox.json': JSON.stringify(manifest), ...files }).map(([path, text]) => [path, local(text)] as const)
  const texts = Object.fromEntries(entries)
  const zip = zipSync(Object.fromEntries(entries.map(([path, text]) => [path, new TextEncoder().encode(text)])))
  return register(origin, `docs-${String(manifest['id'])}`, { ...texts, 'extension.glove': { base64: btoa(String.fromCharCode(...zip)) } })
}

export async function register(origin: string, name: string, files: Readonly<Record<string, string | { readonly base64: string }>>): Promise<string> {
  const response = await fetch(`${origin}/register/${name}`, { method: 'POST', body: JSON.stringify({ files }) })
  const { url } = await response.json()
  return url
}
