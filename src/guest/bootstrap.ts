/**
 * The first thing that runs in a guest's worker: waits for the one start message, locks the realm down, and serves the page over the port.
 * What the worker can do for the page (the lane's methods) is an argument; so is the realm, for tests of escaped code.
 */
import { Session, type SessionMethod } from '../wire/session.ts'
import { lockdown } from './lockdown.ts'

/** The one start message. `crypto`: where the frame serves crypto.subtle, for workers that have none. */
export interface WorkerStart {
  readonly modules: readonly WebAssembly.Module[]
  readonly port: MessagePort
  readonly crypto?: MessagePort
}

/** The part of the worker's global scope that is used, before it is gone. */
export interface WorkerScope {
  onmessage: ((event: MessageEvent<WorkerStart>) => void) | null
}

/** A lane's half in the worker. `session` calls the page; it exists before any method is called. */
export type CreateMethods = (modules: readonly WebAssembly.Module[], session: () => Session, crypto?: MessagePort) => ReadonlyMap<string, SessionMethod>

/** The page is trusted to send few requests at once; this only bounds a bug. */
const MAX_REQUESTS = 65_536

export function bootstrap(scope: WorkerScope, createMethods: CreateMethods): void {
  scope.onmessage = (event) => {
    scope.onmessage = null
    const { modules, port, crypto } = event.data
    const stuck = lockdown(scope)
    if (stuck.length > 0) throw new Error(`These globals could not be removed: ${stuck.join(', ')}`)
    const session: Session = new Session(port, {
      side: 'guest',
      methods: createMethods(modules, () => session, crypto),
      maxPendingRequests: MAX_REQUESTS,
      onBreach: () => {}, // the page decides; a session that ended answers nothing, which its supervisor notices
    })
  }
}
