/**
 * `navigator`, as much as a library may ask and as little as tells nothing about the user: who we are, the host's choice of language, one
 * processor. https://html.spec.whatwg.org/multipage/system-state.html#the-navigator-object
 */
import type { CreateGlobals } from '../bridge.ts'
import { defineInterface } from './web-idl.ts'

/** The package's; a test holds them equal. */
const VERSION = '0.1.0'

const CONSTRUCTION = Symbol('construction')

export const createNavigatorGlobals: CreateGlobals = (bridge) => {
  const requireNavigator = (value: unknown): void => {
    if (value !== navigator) throw new TypeError('Navigator is required')
  }
  class Navigator {
    constructor(token: unknown = undefined) {
      if (token !== CONSTRUCTION) throw new TypeError('Illegal constructor')
    }
    get userAgent(): string {
      requireNavigator(this)
      return `Glovebox/${VERSION}`
    }
    get hardwareConcurrency(): number {
      requireNavigator(this)
      return 1
    }
    get language(): string {
      requireNavigator(this)
      return String(bridge.call('intl.locale'))
    }
    get languages(): readonly string[] {
      return Object.freeze([this.language])
    }
  }
  defineInterface(Navigator, 'Navigator')
  const navigator = new Navigator(CONSTRUCTION)
  return { Navigator, navigator }
}
