// @ts-check
/**
 * Serves the suite on loopback as its own server would, as far as tests without a server need it, and beside it the runner's page.
 *
 *   /__run/site/, /__run/dist/   the page, the built library
 *   /__run/guest/<test>          the test's program, as text
 *   /<test>.worker.js            the same as a worker's script: it posts its results
 *   /...                         the suite
 */
import { EMBEDDABLE, listen, sendFile, typeOf } from '../server/loopback.mjs'
import { buildProgram } from './program.mjs'

const HEADERS = { ...EMBEDDABLE, 'cache-control': 'no-store' }
const WORKER = '.worker.js'

/**
 * @param {{ suite: string, site: string, dist: string, budgetMs: number }} options
 * @returns {Promise<import('../server/loopback.mjs').Loopback>}
 */
export function startServer({ suite, site, dist, budgetMs }) {
  return listen(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://suite')
    const path = decodeURIComponent(pathname)
    if (path === '/__run/') return send(response, 'page.html', '<!doctype html><title>conformance</title><script type="module" src="/__run/site/page.js"></script>')
    if (path.startsWith('/__run/guest/')) return send(response, 'guest.txt', await buildProgram(suite, path.slice('/__run/guest/'.length), 'guest'))
    if (path.endsWith(`.any.js${WORKER}`)) return send(response, 'worker.js', await workerScript(suite, path.slice(1, -WORKER.length), budgetMs))
    if (path.startsWith('/__run/site/')) return sendFile(response, { folder: site, path: path.slice('/__run/site/'.length), headers: HEADERS })
    if (path.startsWith('/__run/dist/')) return sendFile(response, { folder: dist, path: path.slice('/__run/dist/'.length), headers: HEADERS })
    return sendFile(response, { folder: suite, path, headers: HEADERS })
  })
}

/** @param {string} suite @param {string} test @param {number} budgetMs */
async function workerScript(suite, test, budgetMs) {
  const program = await buildProgram(suite, test, 'worker')
  const report = `{ const post = postMessage.bind(self), read = wptResult.read
Promise.race([wptResult.whenEnded, new Promise((resolve) => setTimeout(resolve, ${budgetMs}))]).then(() => post({ wptResult: read() })) }`
  return `${program}\n;\n${report}`
}

/** @param {import('node:http').ServerResponse} response @param {string} name @param {string} text */
function send(response, name, text) {
  response.writeHead(200, { ...HEADERS, 'content-type': typeOf(name) }).end(text)
}
