/** The browser's own powers for extensions. Its objects are handed out here alone; the code is loaded at first use. */
import type { Capability } from '../../capability/capability.ts'
import type { Gestures } from '../../capability/platform.ts'
import type { SerialOptions } from '../../capability/serial.ts'
import type { ExtensionIdentity } from '../../manifest/identity.ts'
import type { FileSystemAccess } from './file-picker.ts'
import { LazyCapability } from './lazy-capability.ts'
import { isUserActive } from './gesture.ts'
import { loadOnce } from '../../util/load-once.ts'
import { setTimer } from '../../util/timer.ts'

export interface PlatformOptions {
  /** Of the manifest. */
  readonly nameOf: (identity: ExtensionIdentity) => string
  readonly takeGesture: Gestures['take']
  /** Stops the clocks of its calls until what it gives is called. */
  readonly pause: (identity: ExtensionIdentity) => () => void
}

export function platformCapabilities({ nameOf, takeGesture, pause }: PlatformOptions): readonly Capability[] {
  const gestures: Gestures = { isActive: isUserActive, take: takeGesture }
  // One for files and devices: two dialogs at once nobody understands.
  const openChooser = loadOnce(async () => new (await import('../../capability/chooser.ts')).Chooser({ gestures, pause }))
  return [
    new LazyCapability('clipboard', ['clipboard.readText', 'clipboard.writeText'], async () => {
      const { createClipboardCapability } = await import('../../capability/clipboard.ts')
      return createClipboardCapability({ clipboard: navigator.clipboard, gestures })
    }),
    new LazyCapability('notification', ['notification.show'], async () => {
      const { createNotificationCapability } = await import('../../capability/notification.ts')
      const platform = typeof Notification === 'undefined' ? undefined : Notification
      return createNotificationCapability({ platform, nameOf, gestures, now: () => performance.now() })
    }),
    new LazyCapability('picked', ['picked.open', 'picked.read', 'picked.close', 'picked.save'], async () => {
      const [{ createPickedFileCapability }, { createFilePicker }, chooser] =
        await Promise.all([import('../../capability/picked-file.ts'), import('./file-picker.ts'), openChooser()])
      const access = Object(window) as FileSystemAccess // of which the DOM's types know nothing
      return createPickedFileCapability({ picker: createFilePicker({ access, document, setTimer }), chooser })
    }),
    new LazyCapability('serial', ['serial.open', 'serial.closed', 'serial.setSignals', 'serial.getSignals', 'serial.close'], async () => {
      const [{ createSerialCapability }, chooser] = await Promise.all([import('../../capability/serial.ts'), openChooser()])
      const { serial } = Object(navigator) as { readonly serial?: SerialOptions['serial'] } // of which the DOM's types know nothing
      return createSerialCapability({ serial, chooser, gestures })
    }),
  ]
}
