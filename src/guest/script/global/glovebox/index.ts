/** `glovebox`: thin promises over the host's capabilities, by area; arguments are checked here and again there. */
import type { Bridge, CreateGlobals } from '../../bridge.ts'
import { perBridge } from '../web-idl.ts'
import { createClipboardArea } from './clipboard.ts'
import { createDataArea } from './data.ts'
import { createEventsArea } from './events.ts'
import { createFilesArea } from './files.ts'
import { createHostArea } from './host.ts'
import { createExtensionsArea, createLinksArea } from './extensions.ts'
import { createNotificationsArea } from './notifications.ts'
import { createPermissionsArea } from './permissions.ts'
import { createSerialArea } from './serial.ts'
import { createStorageArea } from './storage.ts'
import { createVaultArea } from './vault.ts'

/** One more area is one more file beside this one, and one more line; its types are in src/extension.ts. */
const AREAS: readonly (readonly [name: string, create: (bridge: Bridge) => object])[] = [
  ['storage', createStorageArea],
  ['vault', createVaultArea],
  ['permissions', createPermissionsArea],
  ['events', createEventsArea],
  ['data', createDataArea],
  ['host', createHostArea],
  ['clipboard', createClipboardArea],
  ['notifications', createNotificationsArea],
  ['files', createFilesArea],
  ['serial', createSerialArea],
  ['extensions', createExtensionsArea],
  ['links', createLinksArea],
]

/** One object a bridge: `fetch` handlers get the same as their `env`. */
export const gloveboxOf: (bridge: Bridge) => object = perBridge((bridge) =>
  Object.freeze(Object.fromEntries(AREAS.map(([name, create]) => [name, Object.freeze(create(bridge))]))))

export const createGloveboxGlobals: CreateGlobals = (bridge) => ({ glovebox: gloveboxOf(bridge) })
