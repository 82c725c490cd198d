/**
 * The user's clipboard, as text. Only while the user does something in the page: else an extension could read along with every password that
 * passes, or swap what was copied, where the browser has allowed that to the page once.
 */
import { LimitError } from '../errors.ts'
import type * as Wit from '../generated/clipboard.ts'
import { parseArguments, parseText } from './arguments.ts'
import type { Capability, CapabilityMethod } from './capability.ts'
import { notSupported, requireGesture, usePlatform, type Gestures } from './platform.ts'

/** Also in its longest UTF-8 it fits into a message. */
const MAX_CHARS = 128 * 2 ** 10

export interface ClipboardOptions {
  /** `navigator.clipboard`, where there is one. */
  readonly clipboard: Partial<Pick<Clipboard, 'readText' | 'writeText'>> | undefined
  readonly gestures: Gestures
}

/** `clipboard.readText()` needs `clipboard:read`, `clipboard.writeText(text)` `clipboard:write`. At most 128 Ki characters. */
export function createClipboardCapability({ clipboard, gestures }: ClipboardOptions): Capability {
  const methods: Readonly<Record<keyof Wit.Clipboard, CapabilityMethod>> = {
    readText: async (args, context) => {
      parseArguments('clipboard.readText', args, 0)
      const grant = await context.authorize('clipboard:read', { kind: 'plain' })
      if (clipboard?.readText === undefined) throw notSupported('Reading the clipboard')
      requireGesture(gestures, { what: 'Reading the clipboard', power: 'clipboard-read', context, grant })
      const text = await usePlatform('Reading the clipboard', { context, grant, gestures }, async () => clipboard.readText?.())
      if (typeof text === 'string' && text.length <= MAX_CHARS) return text
      throw new LimitError('message-too-large', `The clipboard holds more than ${MAX_CHARS} characters.`)
    },
    writeText: async (args, context) => {
      parseArguments('clipboard.writeText', args, 1)
      const text = parseText('text', args[0], 0, MAX_CHARS)
      const grant = await context.authorize('clipboard:write', { kind: 'plain' })
      if (clipboard?.writeText === undefined) throw notSupported('Writing the clipboard')
      requireGesture(gestures, { what: 'Writing the clipboard', power: 'clipboard-write', context, grant })
      await usePlatform('Writing the clipboard', { context, grant, gestures }, async () => clipboard.writeText?.(text))
      return undefined
    },
  }
  return { name: 'clipboard', methods: new Map(Object.entries(methods).map(([name, method]) => [`clipboard.${name}`, method])) }
}
