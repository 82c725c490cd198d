/** `glovebox.extensions` and `glovebox.links`: calls of other extensions, by the names that the manifest gives them. */
import type { Bridge } from '../../bridge.ts'
import { toDictionary } from '../web-idl.ts'
import { toText } from './argument.ts'

export function createExtensionsArea(bridge: Bridge): object {
  return {
    /** Id of the extension that made the current call; undefined when the app did. Before the first `await` it cannot be another call's. */
    get caller(): unknown {
      return bridge.call('call.caller')
    },
    /** Calls an export of the extension that the manifest links under this name. */
    async call(link: unknown, name: unknown, args: unknown = []): Promise<unknown> {
      if (!Array.isArray(args)) throw new TypeError('extensions.call: the arguments must be an array')
      return callLink(bridge, toText(link, 'extensions.call'), toText(name, 'extensions.call'), args)
    },
  }
}

/** `glovebox.links.weather.forecast(city)`. */
export function createLinksArea(bridge: Bridge): object {
  return byName((link) => byName((name) => (...args: readonly unknown[]) => callLink(bridge, link, name, args)))
}

async function callLink(bridge: Bridge, link: string, name: string, args: readonly unknown[]): Promise<unknown> {
  const answer = toDictionary(await bridge.capability('extension.call', [bridge.call('call.current'), 'link', link, name, args]), 'extensions.call')
  if (answer['failure'] === undefined) return answer['value']
  const { message, ...cause } = toDictionary(answer['failure'], 'extensions.call')
  throw Object.assign(new Error(String(message), { cause }), { name: 'ExtensionError', code: 'callee-failed' })
}

/** `then` is no name: what is awaited would be taken for a promise. */
function byName(make: (name: string) => unknown): object {
  return new Proxy(Object.create(null), { get: (_, name) => (typeof name === 'string' && name !== 'then' ? make(name) : undefined) })
}
