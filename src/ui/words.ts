/**
 * Every text of the custom elements, in English. A page gives its own in their place, whole or in part; braces are filled in by name. Words are
 * the page's and trusted; what extensions say never goes through here.
 */
import type { PermissionName } from '../manifest/permission.ts'
import type { PermissionWords, RiskLevel } from './risk.ts'
import type { Suspicion } from './suspicion.ts'

export type ScopeLabel = 'origins' | 'paths' | 'methods' | 'redirects' | 'prefixes' | 'directories' | 'picked' | 'secrets' | 'events' | 'collections'
  | 'extensions' | 'capabilities' | 'filters' | 'other'
export type ConsentDuration = 'once' | 'session' | 'until' | 'always'

export interface ConsentWords {
  /** `{name}` is the extension's. */
  readonly title: (permissions: number) => string
  readonly whenInstall: string
  readonly whenUse: string
  readonly id: string
  readonly from: string
  readonly fromLocal: string
  readonly code: string
  /** Before the ids of those that called it. */
  readonly onBehalfOf: string
  readonly trust: string
  readonly unsigned: string
  readonly risk: Readonly<Record<RiskLevel, string>>
  /** Where one is missing it is the built-in English. */
  readonly permissions: Readonly<Partial<Record<PermissionName, PermissionWords>>>
  readonly scope: Readonly<Record<ScopeLabel, string>>
  readonly everyPath: string
  readonly everyKey: string
  readonly everyDevice: string
  readonly anyRedirect: string
  readonly pickedFiles: string
  readonly more: (count: number) => string
  /** Permissions that are seen only by scrolling. */
  readonly below: (count: number) => string
  /** `{reason}` is the extension's. */
  readonly says: string
  readonly saysNothing: string
  readonly suspicion: Readonly<Record<Suspicion, string>>
  readonly duration: string
  readonly durations: Readonly<Record<ConsentDuration, string>>
  readonly date: string
  readonly deny: string
  readonly allow: string
  readonly allOrNothing: string
  readonly covered: string
}

export const CONSENT_WORDS: ConsentWords = Object.freeze<ConsentWords>({
  title: (permissions) => (permissions === 1 ? '{name} asks for a permission' : `{name} asks for ${permissions} permissions`),
  whenInstall: 'Before it is installed',
  whenUse: 'While it runs',
  id: 'Id',
  from: 'From',
  fromLocal: 'local: given by this page, no address',
  code: 'Code',
  onBehalfOf: 'Called by',
  trust: 'Trust',
  unsigned: 'Nobody signed this code',
  risk: { high: 'High risk', medium: 'Medium risk', low: 'Low risk' },
  permissions: {},
  scope: {
    origins: 'Websites', paths: 'Addresses', methods: 'Methods', redirects: 'Redirects', prefixes: 'Keys',
    directories: 'Folders of its own', picked: 'Your files',
    secrets: 'Secrets', events: 'Events', collections: 'Collections', extensions: 'Extensions',
    capabilities: 'Functions', filters: 'Devices', other: 'Details',
  },
  everyPath: 'all of the website',
  everyKey: 'every key of its own',
  everyDevice: 'every device that you choose',
  anyRedirect: 'followed: what it sends can reach any website then',
  pickedFiles: 'each one that you pick',
  more: (count) => `${count} more`,
  below: (count) => `${count} more below`,
  says: 'It says: {reason}',
  saysNothing: 'It gives no reason.',
  suspicion: {
    'hidden-characters': 'Hidden characters were made visible.',
    'mixed-scripts': 'Mixes letters of different alphabets, as imitations do.',
    'look-alike-letters': 'Uses letters that look like others.',
    punycode: 'An address with foreign letters, which can imitate another.',
    'not-encrypted': 'Not encrypted: others on the way can read and change it.',
    'private-network': 'On this device or in your own network.',
  },
  duration: 'Allow',
  durations: { once: 'this time', session: 'until this page is closed', until: 'until a date', always: 'always' },
  date: 'Last day',
  deny: 'Deny',
  allow: 'Allow',
  allOrNothing: 'It needs all of these: without one it is not installed.',
  covered: 'Allow is off while something covers this dialog.',
})
