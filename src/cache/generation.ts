/**
 * Generations: an uninstall raises an extension's, in the transaction that removes it. Whoever ran it then, in another tab, may write no more: a
 * grant that came late would be found by the next extension of that key, whose user nobody asked.
 */
import { PackageError } from '../errors.ts'
import type { ExtensionKey, Installation } from '../manifest/identity.ts'
import { isCount } from '../util/count.ts'
import type { Row, Table } from './database.ts'
import { parseFields } from './parse.ts'

/** 0 where it was never uninstalled. */
export async function readGeneration(generations: Table, key: ExtensionKey): Promise<number> {
  return parseGeneration(await generations.get([key, '']))
}

/** Of all that were ever uninstalled. */
export async function readGenerations(generations: Table): Promise<ReadonlyMap<string, number>> {
  return new Map((await generations.rows()).map(({ key: [key], value }: Row) => [key, parseGeneration(value)]))
}

export async function raiseGeneration(generations: Table, key: ExtensionKey): Promise<void> {
  await generations.put([key, ''], { count: (await readGeneration(generations, key)) + 1 })
}

/** @throws {PackageError} not-installed: it was uninstalled since */
export async function requireGeneration(generations: Table, { key, generation }: Installation): Promise<void> {
  if ((await readGeneration(generations, key)) === generation) return
  throw new PackageError('not-installed', 'The extension was uninstalled meanwhile, in another tab.')
}

function parseGeneration(row: unknown): number {
  const { count } = parseFields(row) ?? {}
  return isCount(count) ? count : 0
}
