/**
 * What the page may ask of the preparer's worker: one preparation. It reads a stranger's bytes, so it is as little trusted afterwards as a
 * guest is: it gives back bytes, or a reason, and is thrown away.
 */
import { prepareComponent } from '../lane/component/prepare.ts'
import { encodePrepared } from '../lane/component/prepared.ts'
import { openTranspiler } from '../lane/component/transpiler.ts'
import { type PrepareRequest, TABLE_ENTRIES, toPrepareRecord } from '../lane/prepare-request.ts'
import { prepareCore } from '../lane/wasm/prepare-core.ts'
import type { Outcome } from '../wire/payload.ts'
import type { Session, SessionMethod } from '../wire/session.ts'

/** Where each stage begins in the whole, by time of an 18 MB component. */
const FRACTIONS = { load: 0, read: 0.1, transpile: 0.2, glue: 0.6 } as const

const validate = WebAssembly.validate.bind(WebAssembly)

/** @param modules  the transpiler's, for components; none for core modules */
export function createPrepareMethods(modules: readonly WebAssembly.Module[], session: () => Session): ReadonlyMap<string, SessionMethod> {
  const tell = (stage: keyof typeof FRACTIONS): void => void session().call('progress', { stage, fraction: FRACTIONS[stage] }).catch(() => {})
  const prepare = async (request: PrepareRequest): Promise<ArrayBuffer> => {
    const bytes = new Uint8Array(request.bytes)
    const { memoryPages } = request
    if (request.lane === 'core') return prepareCore(bytes, { memoryPages, tableEntries: TABLE_ENTRIES }, validate).buffer
    tell('load')
    const transpiler = await openTranspiler(modules)
    const asyncMode = request.waiting === 'jspi' ? 'jspi' : 'sync'
    return encodePrepared(prepareComponent(bytes, { asyncMode, memoryPages, tableEntries: TABLE_ENTRIES }, { transpiler, validate, onStage: tell }))
  }
  return new Map([['prepare', async (argument: unknown) => {
    const outcome = await prepare(argument as PrepareRequest).then( // the page's own half sends what it takes
      (bytes): Outcome => ({ ok: true, value: { text: '', buffers: [bytes] } }),
      (error: unknown): Outcome => ({ ok: false, error: toPrepareRecord(error) }),
    )
    return { result: outcome, transfer: outcome.ok ? outcome.value.buffers : [] }
  }]])
}
