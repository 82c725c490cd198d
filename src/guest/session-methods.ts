/** A lane's methods in the form that the session serves. The page's own half sends what each method takes. */
import { parseOutcome } from '../wire/message.ts'
import type { SessionMethod } from '../wire/session.ts'

export type LaneMethods = Readonly<Record<string, (argument: never) => Promise<unknown>>>

export function toSessionMethods(methods: LaneMethods): ReadonlyMap<string, SessionMethod> {
  return new Map(Object.entries(methods).map(([name, method]) => [name, toSessionMethod(method)]))
}

function toSessionMethod(method: (argument: never) => Promise<unknown>): SessionMethod {
  return async (argument) => {
    const result = await method(argument as never) // the page's own half sends what each method takes
    return { result, transfer: buffersOf(result) }
  }
}

function buffersOf(result: unknown): readonly ArrayBuffer[] {
  if (result instanceof ArrayBuffer) return [result]
  const outcome = parseOutcome(result)
  if (outcome === undefined) return []
  return outcome.ok ? outcome.value.buffers : (outcome.error.payload?.buffers ?? [])
}
