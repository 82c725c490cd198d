// @ts-check
/** What the broker itself takes for a capability call, its row in the audit log included, and how many rows the log can keep up with. */
import { openStore } from '../../../src/cache/store.ts'
import { runCapability } from '../../../src/host/broker/capability-call.ts'
import { ServedCalls } from '../../../src/host/instance/served-calls.ts'
import { Meters } from '../../../src/limit/meters.ts'
import { extensionKey } from '../../../src/manifest/identity.ts'
import { DEFAULT_LIMITS } from '../../../src/manifest/limits.ts'
import { PermissionBroker } from '../../../src/permission/broker.ts'
import { openAudit } from '../../../src/telemetry/audit-load.ts'
import { AuditRecorder } from '../../../src/telemetry/audit.ts'
import { NO_TELEMETRY } from '../../../src/telemetry/telemetry.ts'
import { setTimer } from '../../../src/util/timer.ts'
import { encodeValue } from '../../../src/wire/value.ts'
import { valueLimits } from '../../../src/host/call/value-limits.ts'
import { pause, quantile, runProgram } from './tell.js'

const CALLS = 1000
const ROUNDS = 20
const ROWS = 40_000
/** As many as call at once in a page; each has a share of the log of its own. */
const EXTENSIONS = 40
const STEP = 100

export default function program() {
  runProgram(async () => {
    const store = await openStore({ name: 'bench-audit', kind: 'indexeddb', indexedDB })
    const open = () => openAudit({ store: store.audit, locks: navigator.locks, lockName: 'bench-audit', now: Date.now, setTimer, retention: {} })
    const recorder = new AuditRecorder(async () => open(), Date.now, setTimer)
    await recorder.loaded()
    return { ...(await brokerCost(recorder)), ...(await throughput(recorder)) }
  })
}

/** @param {AuditRecorder} recorder */
async function brokerCost(recorder) {
  const store = await openStore({ name: 'bench-broker', kind: 'memory' })
  const broker = new PermissionBroker({ store: store.grants, prompt: async ({ permissions }) => permissions.map(() => 'session'), channel: undefined, now: Date.now, setTimer })
  const identity = { id: 'com.example.bench', origin: 'local' }
  const digest = /** @type {any} */ (`sha256:${'0'.repeat(64)}`)
  const permissions = await broker.admit({
    identity, digest, generation: 0, name: 'Bench', unsigned: true, optional: [],
    required: [{ name: 'storage:read', scope: { prefixes: ['notes/'] }, reason: 'to measure' }],
  })
  const epochSignal = new AbortController().signal
  let extension = 0
  /** @type {import('../../../src/host/broker/capability-call.ts').CallerContext} */
  const caller = {
    identity, installation: permissions.installation, limits: DEFAULT_LIMITS,
    meter: new Meters({ now: () => performance.now(), subject: undefined }).open(extensionKey(identity), DEFAULT_LIMITS),
    keepsFiles: false,
    authorize: (name, use, { signal, call }) => permissions.authorize(name, use, { signal, use: call }),
    describe: (name, use) => permissions.describe(name, use, (text) => text),
    onLimit: async () => {},
    onDenial: async () => {},
    provenance: new ServedCalls({ isSerial: false, startedFor: [] }),
    begin: () => NO_TELEMETRY.begin('capability', { extension: identity.id, digest, lane: 'script' }),
    // Never beyond one extension's share, which would be cheaper.
    record: (event) => recorder.record({ extension: `com.example.x${extension}`, origin: 'local', digest, ...event }),
  }
  const method = async (/** @type {readonly unknown[]} */ args, /** @type {import('../../../src/capability/capability.ts').CapabilityContext} */ context) => {
    await context.authorize('storage:read', { kind: 'storage', key: String(args[0]) })
    return args[0]
  }
  const payload = encodeValue(['notes/a'], valueLimits(DEFAULT_LIMITS))
  const times = []
  for (let round = 0; round < ROUNDS; round += 1) {
    extension = round
    const started = performance.now()
    for (let index = 0; index < CALLS; index += 1) {
      const outcome = await runCapability({ name: 'storage.get', method, carriesValue: false, payload, caller, conversation: /** @type {any} */ ({ epochSignal }) })
      if (!outcome.ok) throw new Error(outcome.error.code)
    }
    times.push((performance.now() - started) / CALLS)
    await pause(200) // the log writes by itself, as between the calls of an app
  }
  return { brokerMs: quantile(times, 0.5) }
}

/** Rows as fast as the page makes them, until the last is written. @param {AuditRecorder} recorder */
async function throughput(recorder) {
  const { log } = await recorder.loaded()
  await log.flush()
  const started = performance.now()
  let recordMs = 0
  for (let index = 0; index < ROWS; index += STEP) {
    const before = performance.now()
    for (let step = 0; step < STEP; step += 1) {
      recorder.record({
        kind: 'capability', extension: `com.example.y${(index + step) % EXTENSIONS}`, origin: 'https://extensions.example/', digest: `sha256:${'0'.repeat(64)}`, method: 'http.fetch',
        uses: [{ permission: 'http:read', scope: 'GET https://api.example/v1' }], outcome: 'ok', duration: 12.5, bytesIn: 120, bytesOut: 240,
      })
    }
    recordMs += performance.now() - before
    // Never more than the log holds; a page does other things as well.
    if (index % 2000 === 0) await log.flush()
    await turn()
  }
  await log.flush()
  const perRowMs = (performance.now() - started) / ROWS
  return { rowMs: perRowMs, recordMs: recordMs / ROWS }
}

function turn() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port2.onmessage = resolve
    port1.postMessage(0)
  })
}
