/** Runs one block of a document in this page. */
import type { Block } from './extract.ts'
import { API_ORIGIN, register } from './package.ts'

export interface Surroundings {
  /** The test server. */
  readonly origin: string
  /** Where the section's extension package lies, when there is one. */
  readonly packageUrl: string | undefined
}

const PAGE_TIMEOUT_MS = 20_000
/** Of other packages: as the test server resolves them. */
const PACKAGE = /(\bfrom\s*)(['"])(@opentelemetry\/[a-z-]+)\2/g
/** As a file: nothing else of the tests has it from the development server, which would load the page anew when it finds a package. */
const VALIBOT = /(\bfrom\s*)(['"])valibot\2/g
const IMPORT = /(\bfrom\s*|\bimport\s*\(?\s*)(['"])glovebox(?:\/(ui))?\2/g

function fileOf(entry: string | undefined): string {
  return `${entry ?? 'index'}.js`
}

/** Runs a ts or js block as a module; rejects when it throws. */
export async function runModule(code: string, surroundings: Surroundings): Promise<void> {
  const dist = `${location.origin}/dist/`
  const text = localize(code, surroundings).replaceAll(IMPORT, (_, before: string, _quote, entry?: string) => `${before}'${dist}${fileOf(entry)}'`)
    .replaceAll(VALIBOT, `$1'${location.origin}/node_modules/valibot/dist/index.mjs'`)
    .replaceAll(PACKAGE, (_, before: string, _quote, name: string) => `${before}'${location.origin}/@id/${name}'`)
  const url = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }))
  try {
    await import(/* @vite-ignore */ url)
  } finally {
    URL.revokeObjectURL(url)
  }
}

/** Loads an html block as a page of the test server; rejects when a script of it fails. */
export async function runPage(block: Block, surroundings: Surroundings): Promise<void> {
  const url = await register(surroundings.origin, `docs-page-${block.line}`, { 'index.html': instrument(localize(block.code, surroundings)) })
  const frame = document.createElement('iframe')
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('the page did not finish')), PAGE_TIMEOUT_MS)
      addEventListener('message', ({ source, data }) => {
        if (source !== frame.contentWindow || typeof data !== 'object' || data === null || !('docs' in data)) return
        clearTimeout(timer)
        if (data.docs === 'done') resolve()
        else reject(new Error(String(data.docs)))
      })
      frame.src = `${url}index.html`
      document.body.append(frame)
    })
  } finally {
    frame.remove()
  }
}

/** Addresses of the documentation → addresses of this run. */
function localize(code: string, { origin, packageUrl }: Surroundings): string {
  return code
    .replaceAll(API_ORIGIN, origin)
    .replaceAll(/(['"`])[^'"`\s]*\bglovebox\.json\1/g, (found) => (packageUrl ? `'${packageUrl}glovebox.json'` : found))
    .replaceAll(/(['"`])[^'"`\s]*\.glove\1/g, (found) => (packageUrl ? `'${packageUrl}extension.glove'` : found))
    .replaceAll(/(['"])[^'"\s]*\bglovebox\.iife\.js\1/g, `"${origin}/dist/glovebox.iife.js"`)
}

/** Adds a reporter before everything, and a last line to the last inline module: its top-level awaits are over then. */
function instrument(html: string): string {
  const reporter = `<script>
    const tell = (docs) => parent.postMessage({ docs }, '*')
    addEventListener('error', (event) => tell(event.message))
    addEventListener('unhandledrejection', (event) => tell(String(event.reason?.stack ?? event.reason)))
  </script>`
  const withModules = html.replaceAll(IMPORT, (_, before: string, _quote, entry?: string) => `${before}'/dist/${fileOf(entry)}'`)
  const end = /<script[^>]*type=["']?module/.test(html) ? withModules.lastIndexOf('</script>') : -1
  const finished = end < 0
    ? `${withModules}<script>addEventListener('load', () => tell('done'))</script>`
    : `${withModules.slice(0, end)}\n;parent.postMessage({ docs: 'done' }, '*')\n${withModules.slice(end)}`
  return finished.includes('<head>') ? finished.replace('<head>', `<head>${reporter}`) : finished.replace(/^(<!doctype[^>]*>)?/i, `$1${reporter}`)
}

/** A block leaves its databases behind; the next one starts as on a fresh profile. */
export async function forgetDatabases(): Promise<void> {
  const databases = await indexedDB.databases()
  await Promise.all(databases.map(({ name }) => new Promise<void>((resolve) => {
    const request = indexedDB.deleteDatabase(name ?? '')
    // Blocked: a box of an earlier block is still open. It closes at `versionchange`, and the deletion then goes on by itself.
    for (const type of ['success', 'error', 'blocked']) request.addEventListener(type, () => resolve())
  })))
}
