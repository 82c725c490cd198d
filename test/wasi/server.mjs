// @ts-check
/**
 * Serves the runner's page, the built library and the suite on loopback, and takes the page's reports.
 *
 *   /run/<id>/       the page; reports to /tell/<id>
 *   /site/, /dist/, /suite/   files
 */
import { json } from 'node:stream/consumers'
import { EMBEDDABLE, listen, sendFile } from '../server/loopback.mjs'

const HEADERS = { ...EMBEDDABLE, 'cache-control': 'no-store' }
const PAGE = '<!doctype html><title>conformance</title><link rel="icon" href="data:,"><script type="module" src="/site/page.js"></script>'

/**
 * @param {Readonly<Record<'site' | 'dist' | 'suite', string>>} folders
 * @param {(id: string, report: any) => unknown} onReport  its answer goes to the page
 * @returns {Promise<import('../server/loopback.mjs').Loopback>}
 */
export function startServer(folders, onReport) {
  const byName = new Map(Object.entries(folders))
  return listen(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://suite')
    const [first = '', ...rest] = decodeURIComponent(pathname).slice(1).split('/')
    if (first === 'run') return response.writeHead(200, { ...HEADERS, 'content-type': 'text/html; charset=utf-8' }).end(PAGE)
    if (first === 'tell') {
      const reply = onReport(rest.join('/'), await json(request))
      return response.writeHead(200, { ...HEADERS, 'content-type': 'application/json' }).end(JSON.stringify(reply ?? null))
    }
    return sendFile(response, { folder: byName.get(first), path: rest.join('/'), headers: HEADERS })
  })
}
