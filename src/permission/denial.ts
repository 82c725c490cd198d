/** What a refusal says: which permission, and why nobody could be asked. */
import { PermissionError } from '../errors.ts'
import type { ScopeUse } from '../manifest/authorization.ts'
import type { PermissionName } from '../manifest/permission.ts'
import { PERMISSION_NAMES } from '../manifest/permission.ts'
import type { UnansweredReason } from './prompt-queue.ts'

const WHY: Readonly<Record<UnansweredReason, string>> = {
  'no-prompt': 'this page asks nobody (createGlovebox has no prompt)',
  threw: "the page's prompt threw (its console says what)",
  malformed: `the page's prompt must resolve with an array of decisions, one for each permission: "deny", "once", "session", "always", or an object { decision, until, scope }, whose scope lies within the request's and covers something`,
  silence: 'nobody answered',
  gesture: 'the user has not just clicked or typed',
  flood: 'it was asked for too often',
  'queue-full': 'too many questions wait already',
  left: 'the question was withdrawn',
  disposed: 'the box is gone',
}

/** `why` undefined: somebody said no. */
export function deniedError(names: readonly string[], why?: UnansweredReason): PermissionError {
  const reason = why === undefined ? '' : `: ${WHY[why]}`
  return new PermissionError('permission-denied', `${names.map((name) => `"${name}"`).join(', ')} denied${reason}.`, { details: { names } })
}

export function revokedError(name: string): PermissionError {
  return new PermissionError('permission-revoked', `The permission "${name}" was revoked. The host can ask again with permissions.request().`)
}

/** For what runs when the time of its grant is over; the next use asks again. */
export function expiredError(name: string): PermissionError {
  return new PermissionError('permission-revoked', `The permission "${name}" was granted until now.`, { details: { expired: true } })
}

/** Nobody is asked about it. */
export function forbiddenError(names: readonly string[]): PermissionError {
  const list = names.map((name) => `"${name}"`).join(', ')
  return new PermissionError('permission-denied', `${list} forbidden by the policy of this page.`, { details: { names, forbidden: true } })
}

/** For a use outside what the user or the host granted, which is less than the manifest asks for. They have decided: nobody is asked again. */
export function narrowedError(name: string, use: ScopeUse): PermissionError {
  return new PermissionError('permission-denied', `What was granted of "${name}" does not cover ${describeUse(use)}.`)
}

export function gestureError(names: readonly string[]): PermissionError {
  const list = names.map((name) => `"${name}"`).join(', ')
  const message = `An extension may ask for ${list} when the user has just clicked or typed, no other question is open, and once for each time.`
  return new PermissionError('permission-denied', message, { details: { names } })
}

/** For a name that the manifest does not have; no type holds at run time what a caller in JavaScript passes. */
export function missingError(name: PermissionName): PermissionError {
  const shown = JSON.stringify(String(name).slice(0, 64))
  if (PERMISSION_NAMES.includes(name)) return new PermissionError('permission-denied', `The extension's manifest does not ask for ${shown}: list it under permissions or optionalPermissions.`)
  return new PermissionError('permission-unknown', `There is no permission ${shown}; known are ${PERMISSION_NAMES.join(', ')}.`)
}

/** For a use that lies outside what the manifest asks for (`policy`: or outside what the host allows of it): nothing to prompt about. */
export function uncoveredError(name: string, use: ScopeUse, by: 'manifest' | 'policy' = 'manifest'): PermissionError {
  const whose = by === 'manifest' ? "The manifest's" : 'What the policy of this page allows of'
  const options = by === 'policy' ? { details: { forbidden: true } } : {}
  return new PermissionError('permission-denied', `${whose} "${name}" does not cover ${describeUse(use)}.`, options)
}

function describeUse(use: ScopeUse): string {
  switch (use.kind) {
    case 'http':
      return `${use.method.slice(0, 20)} ${use.origin.slice(0, 200)}${use.path.slice(0, 200)}`
    case 'storage':
      return `the key ${JSON.stringify(use.key.slice(0, 200))}`
    case 'storage-prefix':
      return `keys that begin with ${JSON.stringify(use.prefix.slice(0, 200))}`
    case 'file':
      return `the directory ${JSON.stringify(use.directory.slice(0, 200))}`
    case 'file-picked':
      return 'files that the user picks'
    case 'secrets':
      return 'the names of secrets'
    case 'secret':
    case 'event':
    case 'collection':
      return `the ${use.kind} ${JSON.stringify(use.name.slice(0, 200))}`
    case 'extension':
      return `the extension ${JSON.stringify(use.id.slice(0, 200))}`
    case 'provided':
      return `${JSON.stringify((use.called ?? use.name).slice(0, 200))} of the app, or the app has no such thing`
    case 'device':
      return 'any of the devices that are asked for'
    case 'plain':
      return 'this'
  }
}
