/**
 * WebKitGTK's MiniBrowser through WebKitWebDriver, with a display of its own (Xvfb) when there is none.
 * https://www.w3.org/TR/webdriver2/
 */
import { createServer } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { BrowserProviderOption } from 'vitest/node'
import { firstLine, Launch } from './launch.ts'
import { createProvider, type Engine } from './provider.ts'

export interface WebKitPrograms {
  readonly browser: string
  readonly driver: string
  /** Xvfb; needed where DISPLAY is not set. */
  readonly display: string | undefined
}

/** A test page may take as long as the suite does. */
const PAGE_TIMEOUT_MS = 1_800_000

const READY_ATTEMPTS = 400
const READY_PAUSE_MS = 50

/** Inside a container WebKit's own sandbox and its GPU process do not start. */
const CONTAINER = { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1', WEBKIT_DISABLE_COMPOSITING_MODE: '1', LIBGL_ALWAYS_SOFTWARE: '1' }

export function webkit(programs: WebKitPrograms): BrowserProviderOption<object> {
  return createProvider('webkit-gtk', () => Launch.run('WebKitGTK', (launch) => start(launch, programs)))
}

async function start(launch: Launch, programs: WebKitPrograms): Promise<Engine> {
  const home = await launch.profile('webkit')
  const display = await findDisplay(launch, programs.display)
  const port = await freePort()
  launch.program(programs.driver, [`--port=${port}`], {
    ...process.env, ...CONTAINER, DISPLAY: display, XDG_DATA_HOME: home, XDG_CACHE_HOME: home, XDG_CONFIG_HOME: home,
  })
  const driver = createClient(`http://127.0.0.1:${port}`)
  await launch.step('wait for the driver', driver.ready())
  const session = sessionPath(await launch.step('open a session', driver.send('POST', '/session', {
    capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': { binary: programs.browser, args: ['--automation'] } } },
  })))
  launch.onClose(async () => { await driver.send('DELETE', session) })
  const timeouts = { script: PAGE_TIMEOUT_MS, pageLoad: PAGE_TIMEOUT_MS, implicit: 0 }
  await launch.step('set its timeouts', driver.send('POST', `${session}/timeouts`, timeouts))
  return {
    open: async (url) => { await driver.send('POST', `${session}/url`, { url }) },
    resize: async (size) => { await driver.send('POST', `${session}/window/rect`, size) },
    close: () => launch.close(),
  }
}

async function findDisplay(launch: Launch, xvfb: string | undefined): Promise<string> {
  const display = process.env['DISPLAY']
  if (display) return display
  if (!xvfb) throw new Error('DISPLAY is not set and there is no Xvfb')
  const child = launch.program(xvfb, ['-displayfd', '1', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'])
  return `:${await launch.step('wait for a display', firstLine(child, /^(\d+)$/))}`
}

interface Client {
  send(method: string, path: string, body?: object): Promise<unknown>
  ready(): Promise<void>
}

function createClient(address: string): Client {
  const send: Client['send'] = async (method, path, body) => {
    const response = await fetch(`${address}${path}`, { method, ...(body && { body: JSON.stringify(body) }) })
    const { value } = Object(await response.json())
    if (!response.ok) throw new Error(`${method} ${path}: ${value?.message ?? response.statusText}`)
    return value
  }
  return {
    send,
    async ready() {
      for (let attempt = 0; attempt < READY_ATTEMPTS; attempt += 1) {
        const isUp = await send('GET', '/status').then(() => true, () => false)
        if (isUp) return
        await wait(READY_PAUSE_MS)
      }
      throw new Error('the driver never answered')
    },
  }
}

function sessionPath(value: unknown): string {
  const { sessionId } = Object(value)
  if (typeof sessionId !== 'string') throw new Error('the driver gave no session')
  return `/session/${sessionId}`
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}
