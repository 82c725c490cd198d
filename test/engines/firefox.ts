/**
 * Stock Firefox, driven by WebDriver BiDi over its own remote-debugging socket: no driver program.
 * https://w3c.github.io/webdriver-bidi/
 */
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BrowserProviderOption } from 'vitest/node'
import WebSocket from 'ws'
import { firstLine, Launch } from './launch.ts'
import { createProvider, type Engine } from './provider.ts'

/** Quiet start, and timers of a window that is never in front are not slowed down. */
const PREFERENCES = [
  ['browser.shell.checkDefaultBrowser', false],
  ['datareporting.policy.dataSubmissionEnabled', false],
  ['toolkit.telemetry.reportingpolicy.firstRun', false],
  ['app.update.enabled', false],
  ['network.captive-portal-service.enabled', false],
  ['network.connectivity-service.enabled', false],
  ['dom.min_background_timeout_value', 4],
  ['dom.timeout.enable_budget_timer_throttling', false],
] as const

export function firefox(binary: string): BrowserProviderOption<object> {
  return createProvider('firefox-bidi', () => Launch.run('Firefox', (launch) => start(launch, binary)))
}

async function start(launch: Launch, binary: string): Promise<Engine> {
  const profile = await launch.profile('firefox')
  await writeFile(join(profile, 'user.js'), PREFERENCES.map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${value});\n`).join(''))
  const child = launch.program(binary, ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0', 'about:blank'])
  const address = await launch.step('wait for its debugging socket', firstLine(child, /WebDriver BiDi listening on (ws:\S+)/))
  const connection = await launch.step(`connect to ${address}`, connect(`${address}/session`))
  launch.onClose(() => connection.close())
  await launch.step('open a session', connection.send('session.new', { capabilities: {} }))
  const context = firstContext(await launch.step('find its window', connection.send('browsingContext.getTree', {})))
  return {
    open: async (url) => { await connection.send('browsingContext.navigate', { context, url, wait: 'none' }) },
    resize: async (viewport) => { await connection.send('browsingContext.setViewport', { context, viewport }) },
    close: () => launch.close(),
  }
}

interface Connection {
  send(method: string, params: object): Promise<unknown>
  close(): void
}

interface Waiting { resolve(result: unknown): void; reject(error: Error): void }

async function connect(url: string): Promise<Connection> {
  const socket = new WebSocket(url)
  await once(socket, 'open')
  const waiting = new Map<number, Waiting>()
  let last = 0
  socket.on('message', (data) => {
    const { id, type, result, message } = JSON.parse(String(data))
    const caller = waiting.get(id)
    waiting.delete(id)
    if (type === 'success') caller?.resolve(result)
    else caller?.reject(new Error(message))
  })
  socket.on('close', () => {
    for (const caller of waiting.values()) caller.reject(new Error('Firefox closed the connection'))
    waiting.clear()
  })
  return {
    send: (method, params) => new Promise((resolve, reject) => {
      last += 1
      waiting.set(last, { resolve, reject: (error) => reject(new Error(`${method}: ${error.message}`)) })
      socket.send(JSON.stringify({ id: last, method, params }))
    }),
    close: () => socket.terminate(),
  }
}

function firstContext(tree: unknown): string {
  const { contexts } = Object(tree)
  const id: unknown = contexts?.[0]?.context
  if (typeof id !== 'string') throw new Error('Firefox has no window')
  return id
}
