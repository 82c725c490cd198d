/**
 * The demo's HTTP API: feeds to read, and four routes that the hostile extension tries to misuse. `/api/canary` counts who got through;
 * no count but zero is acceptable.
 */
import { FEEDS } from './feeds.mjs'
import { feedXml } from './rss.mjs'

/** Returns the handler; it holds the canary's count, so each server has its own. */
export function createApi() {
  const state = { canaryHits: 0 }
  const routes = new Map([
    ['/api/feeds.json', (_request, { origin }) => json(FEEDS.map(({ id, title }) => ({ id, title, url: `${origin}/api/feeds/${id}.xml` })))],
    ['/api/echo', (request) => json(request.headers)],
    ['/api/redirect', (_request, { searchParams }) => ({ status: 302, headers: { location: redirectTarget(searchParams) }, body: '' })],
    [
      '/api/canary',
      () => {
        state.canaryHits += 1
        return json({ reached: true })
      },
    ],
    ['/api/canary/hits', () => json({ hits: state.canaryHits })],
  ])
  for (const feed of FEEDS) {
    routes.set(`/api/feeds/${feed.id}.xml`, () => ({
      status: 200,
      headers: { 'content-type': 'application/rss+xml; charset=utf-8' },
      body: feedXml(feed, new Date()),
    }))
  }
  return (request, response, context) => {
    const route = routes.get(context.pathname)
    const { status, headers, body } = route ? route(request, context) : { ...json({ error: 'no such route' }), status: 404 }
    response.writeHead(status, { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...headers }).end(body)
  }
}

function json(value) {
  return { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(value) }
}

/** Only to this machine: the route is bait, not an open redirector. */
function redirectTarget(searchParams) {
  const to = searchParams.get('to') ?? '/'
  return /^http:\/\/(localhost|127\.0\.0\.1):\d+\//.test(to) ? to : '/'
}
