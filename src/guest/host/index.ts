/**
 * glovebox's own interfaces (wit/) as imports of a component: the same capability calls that every lane makes. One more interface is one more
 * file here and one more line below.
 */
import type { ImportTable, WasiContext } from '../wasi/context.ts'
import { createClipboard } from './clipboard.ts'
import { createData } from './data.ts'
import { createEvent } from './event.ts'
import { createExtensions } from './extensions.ts'
import { createFiles } from './files.ts'
import { createCaller } from './linked.ts'
import { createLog } from './log.ts'
import { createNotification } from './notification.ts'
import { createPermission } from './permission.ts'
import { createProvided } from './provided.ts'
import { createSerial } from './serial.ts'
import { createStorage } from './storage.ts'
import { createVault } from './vault.ts'

export function createHostImports(context: WasiContext): ImportTable {
  return new Map<string, Readonly<Record<string, unknown>>>([
    ['glovebox:host/storage', { ...createStorage(context) }],
    ['glovebox:host/vault', { ...createVault(context) }],
    ['glovebox:host/log', { ...createLog(context) }],
    ['glovebox:host/permission', { ...createPermission(context) }],
    ['glovebox:host/event', { ...createEvent(context) }],
    ['glovebox:host/data', { ...createData(context) }],
    ['glovebox:host/provided', { ...createProvided(context) }],
    ['glovebox:host/caller', { ...createCaller(context) }],
    ['glovebox:host/extensions', { ...createExtensions(context) }],
    ['glovebox:host/clipboard', { ...createClipboard(context) }],
    ['glovebox:host/notification', { ...createNotification(context) }],
    ['glovebox:host/files', { ...createFiles(context) }],
    ['glovebox:host/serial', { ...createSerial(context) }],
    ['glovebox:host/types', {}],
  ])
}
