/** Whom a link means, and what may be called there: two manifests are compared, nothing else. */
import type { LinkAddress } from '../../capability/extension.ts'
import { CapabilityError } from '../../capability/capability.ts'
import { PermissionError } from '../../errors.ts'
import { interfaceName, type Link, type Provided, providesInterface, toCamel } from '../../manifest/link.ts'
import type { PackageManifest } from '../../manifest/manifest.ts'
import { isInRange } from '../../manifest/version.ts'

/** Of functions of an interface: no way to anything else in the callee. */
const FUNCTION_NAME = /^[A-Za-z][A-Za-z0-9-]{0,127}$/

/** @throws {CapabilityError} invalid-argument */
export function linkOf({ links = {} }: PackageManifest, { by, name }: LinkAddress): Link {
  const isMeant = (key: string, link: Link): boolean =>
    by === 'link' ? key === name : link.interface !== undefined && interfaceName(link.interface) === interfaceName(name)
  const found = Object.entries(links).find(([key, link]) => isMeant(key, link))
  if (found !== undefined) return found[1]
  const shown = JSON.stringify(name.slice(0, 128))
  throw new CapabilityError('invalid-argument', `The extension's manifest has no link ${by === 'link' ? '' : 'with the interface '}${shown}.`)
}

/** What `link` asks for and the manifest of its target does not have. */
export function mismatch(link: Link, { version, provides = [] }: PackageManifest): string | undefined {
  if (!isInRange(version, link.version)) return `${version} is installed`
  const lacks = link.interface === undefined
    ? (link.exports ?? []).find((name) => !provides.some((provided) => provided.export === name))
    : provides.some((provided) => isInterfaceOf(provided, link)) ? undefined : link.interface
  if (lacks !== undefined) return `it does not provide ${JSON.stringify(lacks)}`
  return provides.length === 0 ? 'it provides nothing' : undefined
}

function isInterfaceOf(provided: Provided, link: Link): boolean {
  return provided.interface !== undefined && link.interface !== undefined && providesInterface(provided.interface, link.interface)
}

export interface Resolved {
  readonly provided: Provided
  /** As the callee's worker finds it. */
  readonly target: string
}

/** Only what the callee lists, and of that only what the caller has announced. @throws {PermissionError} permission-denied */
export function resolveExport(link: Link, name: string, { id, lane, provides = [] }: PackageManifest): Resolved {
  const isNamed = link.exports === undefined || link.exports.includes(name)
  const provided = provides.find((one) => (link.interface === undefined ? one.export === name : isInterfaceOf(one, link)))
  if (!isNamed || provided === undefined || (provided.interface !== undefined && !FUNCTION_NAME.test(name))) {
    const why = isNamed ? '' : ' to this link, which names other exports'
    throw new PermissionError('permission-denied', `${id} does not provide ${JSON.stringify(name.slice(0, 128))}${why}.`)
  }
  if (provided.interface === undefined) return { provided, target: name }
  const wit = interfaceName(provided.interface)
  return { provided, target: lane === 'component' ? `${wit}#${name}` : `${toCamel(wit.slice(wit.lastIndexOf('/') + 1))}.${toCamel(name)}` }
}
