/** Requests that a guest of any lane must not get through: to places that look like the granted one, and with headers that speak for somebody else. */
import { inject } from 'vitest'

const { origin, otherOrigin } = inject('server')
const [own, evil] = [new URL(origin), new URL(otherOrigin)]

/** By name, what `origin` might be taken for. */
export const LOOK_ALIKES: readonly (readonly [name: string, target: string])[] = [
  ['another port', otherOrigin],
  ['another name of the same server', origin.replace('127.0.0.1', 'localhost')],
  ['a longer name', `${origin}.evil.test`],
  ['user info', `http://${own.host}@${evil.host}`],
  ['user info before a backslash', `http://${evil.host}\\@${own.host}`],
  ['a decimal address', `http://2130706433:${evil.port}`],
  ['IPv6', `http://[::1]:${own.port}`],
  ['another scheme', origin.replace('http:', 'https:')],
]

export const FOREIGN_HEADERS: readonly string[] = ['authorization', 'x-forwarded-for', 'x-middleware-subrequest', 'x-http-method-override', 'proxy-authorization']

/** Those, and what no page's fetch lets pass either. */
export const SMUGGLED_HEADERS: readonly string[] = [...FOREIGN_HEADERS, 'cookie', 'host', 'origin', 'referer', 'sec-fetch-site', 'content-length', 'transfer-encoding', 'x-forwarded-host']

export const REDIRECTS: readonly string[] = ['/echo', `${otherOrigin}/echo`].map((to) => `${origin}/redirect?to=${encodeURIComponent(to)}`)

/** What the server was asked for since it was reset. */
export async function hits(path = ''): Promise<{ method: string; path: string; query: string; headers: Record<string, string> }[]> {
  return (await fetch(`${origin}/hits?path=${path}`)).json()
}
