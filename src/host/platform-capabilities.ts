/** The browser's own powers for extensions. Its objects are handed out here alone; the code is loaded at first use. */
import type { Capability } from '../capability/capability.ts'
import type { ExtensionIdentity } from '../manifest/identity.ts'
import { LazyCapability } from './lazy-capability.ts'
import { isUserActive } from './pending-calls.ts'

/** Of this moment: unlike consent, the browser's own dialogs are not for a click that the app has had a while ago. */
const hasGesture = isUserActive

export interface PlatformOptions {
  /** Of the manifest. */
  readonly nameOf: (identity: ExtensionIdentity) => string
}

export function platformCapabilities({ nameOf }: PlatformOptions): readonly Capability[] {
  return [
    new LazyCapability('clipboard', ['clipboard.readText', 'clipboard.writeText'], async () => {
      const { createClipboardCapability } = await import('../capability/clipboard.ts')
      return createClipboardCapability({ clipboard: navigator.clipboard, hasGesture })
    }),
    new LazyCapability('notification', ['notification.show'], async () => {
      const { createNotificationCapability } = await import('../capability/notification.ts')
      const platform = typeof Notification === 'undefined' ? undefined : Notification
      return createNotificationCapability({ platform, nameOf, hasGesture, now: () => performance.now() })
    }),
  ]
}
