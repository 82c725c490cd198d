/** Goes through the blocks of the log in order, over the gaps that retention has left. */
import type { AuditBlock, AuditStore, FoundBlock } from '../wire/audit-store.ts'

/** Read together. */
const WINDOW_ROWS = 4000

/** Until there are no more, those that are written meanwhile included. */
export async function* walkBlocks(store: AuditStore, from = 0): AsyncGenerator<readonly FoundBlock[], void> {
  for (let at: number | undefined = from; at !== undefined;) {
    const end: number = at + WINDOW_ROWS
    const found = await store.blocks(at, end)
    if (found.length > 0) yield found
    at = found.length > 0 ? end : (await store.firsts(end, Number.MAX_SAFE_INTEGER, 1))[0]
  }
}

/** A block's rows as they are kept; at least one, so that a block that cannot be read still ends after it began. */
export function rowsOf(block: AuditBlock | undefined): readonly string[] {
  return block?.text.split('\n') ?? ['']
}
