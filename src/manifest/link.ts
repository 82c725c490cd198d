/** What a manifest says of calls between extensions: the extensions that it calls (`links`), and what others may call of it (`provides`). */
import type { PermissionName } from './permission.ts'
import { isInRange } from './version.ts'

/** Another extension that this one calls. */
export interface Link {
  readonly extension: string
  /** `1.2.3`, `^1.2`, `~1.2.3`. */
  readonly version: string
  /** The WIT interface that it is to provide: `acme:weather/api@1.2.0`. A component imports it. */
  readonly interface?: string
  /** Names of the functions that are called. Absent, without an interface: any that it provides. */
  readonly exports?: readonly string[]
}

/** Something that others may call, and what it may use while they do. */
export interface Provided {
  /** A function, by the name that `extension.call` takes. */
  readonly export?: string
  /** A WIT interface, with or without its version. A script exports an object named like its last part: `weatherApi` for `acme:x/weather-api`. */
  readonly interface?: string
  /** Absent: none. */
  readonly permissions?: readonly PermissionName[]
}

export const MAX_LINKS = 32
export const MAX_PROVIDED = 64
/** Different lists of permissions in `provides`: each has instances of its own. */
export const MAX_PERMISSION_SETS = 4

const WORD = '[a-z][a-z0-9]*(?:-[a-z0-9]+)*'
const INTERFACE = new RegExp(`^${WORD}:${WORD}(?:/${WORD})$`)

/** Without its version: `acme:weather/api`. */
export function interfaceName(text: string): string {
  const at = text.indexOf('@')
  return at < 0 ? text : text.slice(0, at)
}

export function interfaceVersion(text: string): string | undefined {
  const at = text.indexOf('@')
  return at < 0 ? undefined : text.slice(at + 1)
}

/** Of an interface that extensions may give each other: what glovebox and WASI define is the host's alone. */
export function isForeignInterface(name: string): boolean {
  return name.length <= 256 && INTERFACE.test(name) && !/^(?:wasi|glovebox):/.test(name)
}

/** Is an interface of this version, as WIT has it, what was asked for? One without a version is taken for the right one. */
export function providesInterface(provided: string, asked: string): boolean {
  const [has, wants] = [interfaceVersion(provided), interfaceVersion(asked)]
  if (interfaceName(provided) !== interfaceName(asked)) return false
  return has === undefined || wants === undefined || has === wants || isInRange(has, `^${wants}`)
}

/** `weather-api` → `weatherApi`. */
export function toCamel(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_dash, letter: string) => letter.toUpperCase())
}
