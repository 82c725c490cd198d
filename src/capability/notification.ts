/**
 * Notifications of the user's system. It shows the page's address alone, so that the extension's id and name come first in every title: an
 * extension cannot speak for the app, or for another. A click brings the page to the front; the extension hears nothing of it.
 */
import { LimitError } from '../errors.ts'
import type * as Wit from '../generated/notification.ts'
import { extensionKey, type ExtensionIdentity, type ExtensionKey } from '../manifest/identity.ts'
import { FIXED_LIMITS } from '../manifest/limits.ts'
import { cleanText } from '../util/text.ts'
import { TokenBucket } from '../util/token-bucket.ts'
import { parseArguments, parseFields, parseText } from './arguments.ts'
import type { Authorization, Capability, CapabilityContext, CapabilityMethod } from './capability.ts'
import { CapabilityError } from './capability.ts'
import { notSupported, requireGesture, usePlatform, type Gestures } from './platform.ts'

const PER_MINUTE = FIXED_LIMITS.notificationsPerMinute
const MINUTE = 60_000
/** Of an extension, at the same time; one more closes the oldest. */
const MAX_SHOWN = 5
const MAX_NAME = 40
const MAX_TITLE = 100
const MAX_BODY = 500
/** Longer texts are a mistake, not a notification. */
const MAX_GIVEN = 4096

export interface NotificationOptions {
  /** `Notification`, where there is one. */
  readonly platform: Platform | undefined
  /** For people; hostile text. */
  readonly nameOf: (identity: ExtensionIdentity) => string
  readonly gestures: Gestures
  readonly now: () => number
}

type Platform = Pick<typeof Notification, 'permission' | 'requestPermission'> & { new (title: string, init: NotificationInit): Shown }
type NotificationInit = Readonly<Record<'body' | 'tag', string>>
type Shown = Pick<Notification, 'close' | 'addEventListener'>

/** What is shown of one extension. */
class Board {
  readonly bucket: TokenBucket
  readonly #shown = new Map<string, () => void>()

  constructor(now: number) {
    this.bucket = new TokenBucket(PER_MINUTE, MINUTE, now)
  }

  /** Closed when its permission ends, which the extension's own end is as well. */
  keep(tag: string, open: () => Shown, { signal }: Authorization): void {
    this.#shown.get(tag)?.() // before the other opens: engines find what they close by its tag
    const shown = open()
    const close = (): void => {
      signal.removeEventListener('abort', close)
      if (this.#shown.get(tag) === close) this.#shown.delete(tag)
      shown.close()
    }
    signal.addEventListener('abort', close)
    shown.addEventListener('close', close)
    shown.addEventListener('click', close)
    this.#shown.set(tag, close)
    const [oldest] = this.#shown.values()
    if (this.#shown.size > MAX_SHOWN) oldest?.()
  }
}

/** `notification.show({title, body, tag})`; resolves when it was handed to the browser. */
export function createNotificationCapability(options: NotificationOptions): Capability {
  const notifier = new Notifier(options)
  const methods: Readonly<Record<keyof Wit.Notification, CapabilityMethod>> = { show: (args, context) => notifier.show(args, context) }
  return { name: 'notification', methods: new Map(Object.entries(methods).map(([name, method]) => [`notification.${name}`, method])) }
}

class Notifier {
  readonly #options: NotificationOptions
  readonly #boards = new Map<ExtensionKey, Board>()
  #count = 0

  constructor(options: NotificationOptions) {
    this.#options = options
  }

  async show(args: readonly unknown[], context: CapabilityContext): Promise<undefined> {
    parseArguments('notification.show', args, 1)
    const { title, body, tag } = parseMessage(args[0])
    const grant = await context.authorize('notification:show', { kind: 'plain' })
    const board = this.#boardOf(context.identity)
    const now = this.#options.now()
    const details = { limit: 'notificationsPerMinute', retryAfterMs: Math.ceil(board.bucket.waitMs(1, now)) }
    if (!board.bucket.take(1, now)) throw new LimitError('rate-limit', `An extension shows at most ${PER_MINUTE} notifications a minute.`, { details })
    await this.#requirePermission(context, grant)
    // The browser's tags are the page's: of two extensions with the same one the later would replace the other's.
    const slot = `glovebox:${extensionKey(context.identity)}:${tag ?? `#${this.#count++}`}`
    const init = { body: body === '' ? title : `${title}\n${body}`, tag: slot }
    board.keep(slot, () => this.#open(this.#titleFor(context.identity), init), grant)
    return undefined
  }

  #open(title: string, init: NotificationInit): Shown {
    const { platform } = this.#options
    if (platform === undefined) throw notSupported('Notifications')
    try {
      return new platform(title, init)
    } catch {
      throw notSupported('Notifications') // Android has them for service workers alone
    }
  }

  async #requirePermission(context: CapabilityContext, grant: Authorization): Promise<void> {
    const { platform, gestures } = this.#options
    if (platform === undefined) throw notSupported('Notifications')
    if (platform.permission === 'granted') return
    if (platform.permission === 'default') {
      requireGesture(gestures, { what: 'Asking for notifications', power: 'notification', context, grant })
      const answer = await usePlatform('Notifications', { context, grant, gestures }, () => platform.requestPermission())
      if (answer === 'granted') return
    }
    throw new CapabilityError('browser-refused', 'Notifications: the browser does not allow them to this page.')
  }

  #titleFor(identity: ExtensionIdentity): string {
    return `${identity.id}: ${cleanText(this.#options.nameOf(identity), MAX_NAME)}`
  }

  #boardOf(identity: ExtensionIdentity): Board {
    const key = extensionKey(identity)
    const board = this.#boards.get(key) ?? new Board(this.#options.now())
    this.#boards.set(key, board)
    return board
  }
}

function parseMessage(input: unknown): { readonly title: string; readonly body: string; readonly tag: string | undefined } {
  const fields = parseFields('message', input, ['title', 'body', 'tag'])
  const tag = fields.get('tag') ?? undefined
  return {
    title: cleanText(parseText('title', fields.get('title'), 1, MAX_GIVEN), MAX_TITLE),
    body: cleanText(parseText('body', fields.get('body') ?? '', 0, MAX_GIVEN), MAX_BODY, { keepsLines: true }),
    tag: tag === undefined ? undefined : parseText('tag', tag, 1, 64),
  }
}
