/**
 * Opens a box. All that a page loads before it wants one: the rest comes while the first frame starts, which takes longer.
 * The only place that opens the database and makes frames.
 */
import { DisposeStack } from '../../util/dispose.ts'
import { createAssets } from '../runtime/assets.ts'
import { requireEnvironment } from './environment.ts'
import type { Glovebox } from './glovebox.ts'
import { type GloveboxOptions, type ResolvedOptions, resolveOptions } from '../options.ts'
import { Rings } from './rings.ts'

/**
 * Opens a box: its store, its first frame, and the extensions that were installed before. Resolves when the frame has answered.
 * The caller owns the box and disposes it.
 *
 * @throws {TypeError} for wrong options
 * @throws {LaneError} frame-missing, nested, not-supported
 * @throws {PackageError} store-unavailable, store-blocked
 *
 * @example
 * const box = await createGlovebox({ trust: { kind: 'development' } })
 * const hello = await box.install({ manifest, files: { 'main.js': 'export const greet = (name) => `Hello, ${name}`' } })
 * await hello.call('greet', ['world'])
 */
export async function createGlovebox(options: GloveboxOptions): Promise<Glovebox> {
  requireEnvironment(globalThis)
  const resolved = await withRules(resolveOptions(options))
  const scope = new DisposeStack()
  try {
    const box = await open(resolved, scope)
    await box.restore()
    return box
  } catch (error) {
    scope.dispose()
    throw error
  }
}

async function withRules(options: ResolvedOptions): Promise<ResolvedOptions> {
  const { policy, reportOnly, permissions } = options.given
  if (policy === undefined && reportOnly === undefined && permissions === 'enforce') return options
  return (await import('../rules.ts')).applyRules(options)
}

async function open(options: ResolvedOptions, scope: DisposeStack): Promise<Glovebox> {
  const assets = createAssets(options.assets, (...args) => fetch(...args))
  assets.script().catch(() => {}) // on its way while the frame starts
  const rings = new Rings(options, assets)
  scope.defer(() => rings.dispose())
  const firstRing = rings.open()
  firstRing.catch(() => {}) // awaited below, after the store
  import('../runtime/package-source.ts').catch(() => {}) // on its way while the frame starts: whoever opens a box installs or restores; a failure shows there
  const [{ openStore }, { PermissionBroker }, { composeBox }] = await Promise.all([
    import('../../cache/store.ts'), import('../../permission/broker.ts'), import('./compose.ts'),
  ])
  const store = await openStore({
    name: options.name,
    kind: options.store,
    indexedDB: readIndexedDb(),
    subject: options.subject?.id,
    ...(options.subject?.limits && { totals: options.subject.limits }),
    ...(options.cacheTtlMs === undefined ? {} : { cacheTtlMs: options.cacheTtlMs }),
    ...(options.maxCacheBytes === undefined ? {} : { maxCacheBytes: options.maxCacheBytes }),
  })
  const box = await composeBox({ options, scope, store, assets, rings, firstRing, createBroker: (broker) => new PermissionBroker(broker) })
  await firstRing
  return box
}

/** Some engines throw on the mere access, in private modes and opaque origins. */
function readIndexedDb(): IDBFactory | undefined {
  try {
    return globalThis.indexedDB
  } catch {
    return undefined
  }
}
