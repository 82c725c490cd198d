/**
 * What each permission means to a person, and how much harm it can do: the one table behind the consent dialog. A level is about the worst that
 * the permission allows within its scope, not about what the extension says it wants.
 */
import type { PermissionName, Scope } from '../manifest/permission.ts'

/** `high`: takes what cannot be taken back. `medium`: touches what is the user's, or the world. `low`: stays with the extension. */
export type RiskLevel = 'high' | 'medium' | 'low'
/** In the order in which a dialog shows them. */
export const RISK_LEVELS: readonly RiskLevel[] = Object.freeze(['high', 'medium', 'low'])

export interface PermissionWords {
  /** What the extension could do, as the end of "It could ...": an imperative. */
  readonly title: string
  /** What can go wrong. */
  readonly why: string
}

interface Risk extends PermissionWords {
  readonly level: RiskLevel
}

export const RISKS: Readonly<Record<PermissionName, Risk>> = Object.freeze({
  'http:read': { level: 'medium', title: 'Read from websites', why: 'The addresses it asks for can carry what it knows to these sites.' },
  'http:write': { level: 'high', title: 'Send data to websites', why: 'What it sends to these sites cannot be taken back.' },
  'storage:read': { level: 'low', title: 'Read what it stored', why: 'Its own store, apart from yours and from other extensions\'.' },
  'storage:write': { level: 'low', title: 'Store data of its own', why: 'Takes space on this device; reaches nothing of yours.' },
  'file:read': { level: 'low', title: 'Read its own files', why: 'Files that it keeps itself, not yours.' },
  'file:write': { level: 'low', title: 'Keep files of its own', why: 'Takes space on this device; reaches nothing of yours.' },
  'vault:read': { level: 'high', title: 'See secrets', why: 'Whoever has seen a password or a key has it for good.' },
  'vault:write': { level: 'medium', title: 'Change secrets', why: 'A secret that it replaces is lost, and others may rely on it.' },
  'vault:use': { level: 'high', title: 'Act with your secrets', why: 'It acts in your name where the secret is valid, without seeing it.' },
  'event:emit': { level: 'low', title: 'Send notices inside this app', why: 'Others that listen may act on what it says.' },
  'event:listen': { level: 'low', title: 'Hear notices inside this app', why: 'It learns when they happen, and what they say.' },
  'data:read': { level: 'medium', title: 'Read this app\'s data', why: 'Together with access to websites it could carry the data away.' },
  'data:write': { level: 'high', title: 'Change this app\'s data', why: 'What it changes or deletes may not come back.' },
  'clipboard:read': { level: 'high', title: 'Read the clipboard', why: 'Passwords and private text pass through the clipboard.' },
  'clipboard:write': { level: 'medium', title: 'Replace what you copied', why: 'It could swap a number or an address before you paste it.' },
  'notification:show': { level: 'medium', title: 'Show notifications', why: 'It can get your attention with words of its own.' },
  'serial:open': { level: 'high', title: 'Use connected devices', why: 'A device does what it is told; you choose which one in the browser.' },
  'extension:call': { level: 'medium', title: 'Use other extensions', why: 'What it may not do itself, it may get done by these.' },
  'host:call': { level: 'medium', title: 'Use functions of this app', why: 'The app does these things when the extension asks for them.' },
} satisfies Record<PermissionName, Risk>)

const PICKED: Readonly<Partial<Record<PermissionName, Risk>>> = {
  'file:read': { level: 'medium', title: 'Read files that you pick', why: 'You choose each file; it sees all that is in it.' },
  'file:write': { level: 'high', title: 'Change files that you pick', why: 'You choose each file; what it overwrites is lost.' },
}
const UNKNOWN: Risk = {
  level: 'high', title: 'Something this page has no words for', why: 'This dialog does not know the permission: deny it if you do not.',
}

/** Never fails: a name that the table lacks, from another version, counts as the worst. */
export function riskOf(name: string, scope: Scope): Risk {
  if (!isPermissionName(name)) return UNKNOWN
  const picked = 'picked' in scope && scope.picked === true ? PICKED[name] : undefined
  return picked ?? RISKS[name]
}

/** Is it one of those that this version knows? */
export function isPermissionName(name: string): name is PermissionName {
  return Object.hasOwn(RISKS, name)
}
