/** Small extensions that call each other. */
import type { Extension, Glovebox } from 'glovebox'
import { pkg, type TestPackage } from '../browser/box-harness.ts'

export const STORAGE = { name: 'storage:read', scope: { prefixes: [''] } }

/** `com.<name>`, which links to `com.<other>` under that name and provides `run`. `to.run(...)` is `await link(to, ...)`. */
export function linked(name: string, code: string, to: readonly string[] = [], manifest: Record<string, unknown> = {}): TestPackage {
  const { permissions = [], provides = [], ...rest } = manifest
  const links = Object.fromEntries(to.map((other) => [other, { extension: `com.${other}`, version: '^1.0' }]))
  const call = to.length === 0 ? [] : [{ name: 'extension:call', scope: { extensions: to.map((other) => `com.${other}`) } }]
  return pkg(`
    const link = (to, ...args) => glovebox.links[to].run(...args)
    const code = (promise) => promise.then((value) => value, (error) => error.cause?.code ?? error.code)
    ${code}`, {
    id: `com.${name}`, ...(to.length === 0 ? {} : { links }), permissions: [...call, ...(permissions as object[])],
    provides: [{ export: 'run', ...(to.length === 0 ? {} : { permissions: ['extension:call'] }) }, ...(provides as object[])], ...rest,
  })
}

/** Links to what is installed later: installed first without the link, then again with it. */
export async function installAll(box: Glovebox, ...packages: TestPackage[]): Promise<Extension[]> {
  for (const { manifest } of packages) await box.install(pkg('export const run = () => 0', { id: manifest['id'], provides: [{ export: 'run' }] }))
  const installed: Extension[] = []
  for (const one of packages) installed.push(await box.install(one))
  return installed
}
