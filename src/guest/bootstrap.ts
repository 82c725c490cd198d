/**
 * The first thing that runs in a guest's worker: waits for the one start message, locks the realm down, and serves the page over the port.
 * What the worker can do for the page (the lane's methods) is an argument; so is the realm, for tests of escaped code.
 */
import { Session, type SessionMethod } from '../wire/session.ts'
import { lockdown } from './lockdown.ts'
import type { SharedLine } from './wait/shared.ts'

/** The one start message. */
export interface WorkerStart extends Lent {
  readonly modules: readonly WebAssembly.Module[]
  readonly port: MessagePort
}

/** What some programs' workers get of their frame. */
export interface Lent {
  /** Where it serves crypto.subtle, for workers that have none. */
  readonly crypto?: MessagePort
  /** How the worker blocks until an answer is there. */
  readonly wait?: SharedLine
}

/** The part of the worker's global scope that is used, before it is gone. */
export interface WorkerScope {
  onmessage: ((event: MessageEvent<WorkerStart>) => void) | null
}

/** A lane's half in the worker. `session` calls the page; it exists before any method is called. */
export type CreateMethods = (modules: readonly WebAssembly.Module[], session: () => Session, lent: Lent) => ReadonlyMap<string, SessionMethod>

/** The page is trusted to send few requests at once; this only bounds a bug. */
const MAX_REQUESTS = 65_536

export function bootstrap(scope: WorkerScope, createMethods: CreateMethods): void {
  scope.onmessage = (event) => {
    scope.onmessage = null
    const { modules, port, ...lent } = event.data
    requireLockdown(scope)
    const session: Session = new Session(port, {
      side: 'guest',
      methods: createMethods(modules, () => session, lent),
      maxPendingRequests: MAX_REQUESTS,
      onBreach: () => {}, // the page decides; a session that ended answers nothing, which its supervisor notices
    })
  }
}

/** As `bootstrap`, for a worker whose text goes on with prepared glue: the realm is locked down before that runs. */
export function bootstrapLocked(scope: WorkerScope, createMethods: CreateMethods): void {
  bootstrap(scope, createMethods)
  requireLockdown(scope)
}

function requireLockdown(scope: WorkerScope): void {
  const stuck = lockdown(scope)
  if (stuck.length > 0) throw new Error(`These globals could not be removed: ${stuck.join(', ')}`)
}
