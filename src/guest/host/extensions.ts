/** glovebox:host/extensions: calls of other extensions by name, with JSON. What the called one threw is apart from what the host refuses. */
import type { CallFailure, Extensions, Failure } from '../../generated/extensions.ts'
import { CapabilityFailure } from '../outward.ts'
import { attempt } from '../wait/maybe.ts'
import type { WasiContext } from '../wasi/context.ts'
import { WitError } from '../wasi/wit-error.ts'
import { toCallError, type Imported } from './call-host.ts'

type Fields = Readonly<Record<string, unknown>>

export function createExtensions({ outward, call }: WasiContext): Imported<Extensions> {
  return {
    call: (link, name, args) => attempt(
      () => outward.capability('extension.call', [call.id() ?? null, 'link', link, name, parseList(args)]),
      (answer) => valueOf(Object(answer) as Fields), // the page's answer, read as unknown
      (error) => {
        if (error instanceof CapabilityFailure) throw callFailure({ tag: 'refused', val: toCallError(error.code, error.message) })
        throw error
      },
    ),
  }
}

function parseList(text: string): readonly unknown[] {
  const list = tryParse(text)
  if (Array.isArray(list)) return list as readonly unknown[] // an array by the check
  throw callFailure({ tag: 'refused', val: { code: 'invalid-argument', message: 'The arguments must be a JSON list.' } })
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function valueOf({ value, failure }: Fields): string {
  if (failure !== undefined) throw failed(Object(failure) as Fields) // as above
  const json = toJson(value ?? null)
  if (json !== undefined) return json
  throw failed({ name: 'TypeError', code: 'value-unsupported', message: 'What it gave is no JSON.' })
}

function failed({ name, code, message, payload }: Fields): WitError {
  const json = payload === undefined ? undefined : toJson(payload)
  const val: Failure = { name: String(name), code: String(code), message: String(message), payload: json }
  return callFailure({ tag: 'failed', val })
}

function callFailure(failure: CallFailure): WitError {
  return new WitError(failure)
}

/** Undefined for what is no JSON. */
function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}
