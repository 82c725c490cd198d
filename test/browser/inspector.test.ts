/** The inspector with real boxes, and with a log of ten thousand rows; in every engine. */
import type { AuditRow } from 'glovebox'
import { GloveboxInspector, type InspectedBox } from 'glovebox/ui'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { openBox, pkg } from './box-harness.ts'

afterEach(() => document.querySelectorAll('glovebox-inspector').forEach((element) => element.remove()))

const GUEST = `
export const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
export const keep = (key) => glovebox.storage.set(key, 'value')
`
const STORE = { name: 'storage:write', scope: { prefixes: ['notes/'] }, reason: 'to keep notes' }

function show(box: InspectedBox, tab: GloveboxInspector['tab']): GloveboxInspector {
  const inspector = new GloveboxInspector()
  inspector.tab = tab
  inspector.box = box
  document.body.append(inspector)
  return inspector
}

const panel = (inspector: GloveboxInspector): HTMLElement => {
  const found = inspector.shadowRoot?.querySelector<HTMLElement>('[role=tabpanel]:not([hidden])')
  if (!found) throw new Error('no panel')
  return found
}
const textOf = (inspector: GloveboxInspector) => (): string => panel(inspector).textContent ?? ''

/** A log of `count` rows that counts how often it is asked; more can be added. */
function logOf(count: number, more: Partial<AuditRow> = {}): InspectedBox & { asked: number; add(count: number): void } {
  let length = count
  const row = (seq: number): AuditRow => ({
    seq, time: 1_700_000_000_000 + seq, kind: seq % 10 === 0 ? 'denial' : 'capability', outcome: seq % 10 === 0 ? 'permission-denied' : 'ok',
    extension: `com.example.n${seq % 3}`, origin: 'local', digest: '', method: 'storage.get', uses: [{ permission: 'storage:read', scope: 'notes/*' }],
    duration: 1, bytesIn: 10, bytesOut: 20, count: 1, ...more,
  })
  const box = {
    asked: 0,
    list: () => [],
    add(added: number) { length += added },
    audit: {
      async query({ before = Infinity, limit = 100, kind, extension, outcome }: Parameters<InspectedBox['audit']['query']>[0] = {}) {
        box.asked += 1
        const rows: AuditRow[] = []
        for (let seq = Math.min(before, length) - 1; seq >= 0; seq -= 1) {
          const one = row(seq)
          if ((kind && one.kind !== kind) || (extension && one.extension !== extension) || (outcome && one.outcome !== outcome)) continue
          rows.push(one)
          if (rows.length === limit) return { rows, next: seq > 0 ? seq : undefined }
        }
        return { rows, next: undefined }
      },
      verify: async () => ({ ok: true, first: 0, head: { seq: length, mac: '' } }) as const,
      export: () => new ReadableStream<Uint8Array<ArrayBuffer>>(),
    },
  }
  return box
}

/** Sets the filter of that place: extension, kind, outcome. */
async function choose(inspector: GloveboxInspector, place: number, value: string): Promise<string> {
  const filter = [...panel(inspector).querySelectorAll('select')][place]
  await expect.poll(() => [...(filter?.options ?? [])].map((option) => option.value)).toContain(value)
  if (filter) filter.value = value
  filter?.dispatchEvent(new Event('change'))
  return filter?.selectedOptions[0]?.textContent ?? ''
}

const shown = (inspector: GloveboxInspector, selector: string): readonly (string | null)[] =>
  [...panel(inspector).querySelectorAll(`.rows [role=row] ${selector}`)].map(({ textContent }) => textContent)

describe('with a real box', () => {
  test('shows memory, state and the calls that run', async () => {
    const box = await openBox()
    const extension = await box.install(pkg(GUEST, { name: 'Slow\u202e <b>' }))
    const stop = new AbortController()
    const call = extension.call('wait', [30_000], { signal: stop.signal }).catch(() => undefined)

    const inspector = show(box, 'live')

    await expect.poll(textOf(inspector), { timeout: 10_000 }).toMatch(/wait.*left/s) // once its worker has started
    await expect.poll(textOf(inspector)).toMatch(/MiB of 128 MiB/)
    expect(textOf(inspector)()).toContain('Slow\\u202e <b>')
    stop.abort()
    await call
    await expect.poll(textOf(inspector)).toContain('No call is running.')
  })

  test('draws memory and latency as lines that grow', async () => {
    const box = await openBox()
    await (await box.install(pkg(GUEST))).start()
    const inspector = show(box, 'live')
    const lengths = (): readonly number[] =>
      [...panel(inspector).querySelectorAll('polyline')].map((line) => (line.getAttribute('points') ?? '').split(' ').filter((point) => /^[\d.]+,[\d.]+$/.test(point)).length)

    await expect.poll(lengths, { timeout: 10_000 }).toEqual([expect.toSatisfy((count: number) => count > 1), expect.toSatisfy((count: number) => count > 1)])
    expect([...panel(inspector).querySelectorAll('.chart-value')].map((value) => value.textContent)).toEqual([expect.stringMatching(/MiB of/), expect.stringMatching(/ms$/)])
  })

  test('lists grants, and takes one back', async () => {
    const box = await openBox()
    const extension = await box.install(pkg(GUEST, { permissions: [STORE] }))
    const inspector = show(box, 'grants')
    await expect.poll(textOf(inspector)).toMatch(/Store data of its own.*granted.*notes\/\*.*by the user, until this page is closed/s)

    panel(inspector).querySelector<HTMLElement>('[aria-label="Revoke storage:write"]')?.click()

    await expect.poll(textOf(inspector)).toContain('denied')
    expect(extension.permissions.query()).toMatchObject([{ state: 'denied' }])
    expect(panel(inspector).querySelector('button')).toBeNull()
  })

  test('lists what the policy grants in part, and takes it back', async () => {
    const granted = ['a/', 'b/'].map((prefix) => ({ name: 'storage:write', scope: { prefixes: [prefix] } }) as const)
    const box = await openBox({ policy: { rules: [{ effect: 'grant', permissions: granted, origins: ['local'] }] } })
    const extension = await box.install(pkg(GUEST, { optionalPermissions: [{ ...STORE, scope: { prefixes: [''] } }] }))
    const inspector = show(box, 'grants')
    await expect.poll(textOf(inspector)).toMatch(/asks first.*a\/\*.*b\/\*.*by policy, until revoked/s)

    panel(inspector).querySelector<HTMLElement>('[aria-label="Revoke storage:write"]')?.click()

    await expect.poll(textOf(inspector)).toContain('denied')
    expect(extension.permissions.grants()).toEqual([])
  })

  test('shows limits as gauges', async () => {
    const box = await openBox()
    const extension = await box.install(pkg(GUEST))
    await extension.start()
    const inspector = show(box, 'limits')

    await expect.poll(() => [...panel(inspector).querySelectorAll('[role=meter]')].map((meter) => meter.getAttribute('aria-label')))
      .toEqual(expect.arrayContaining(['Memory', 'Timers', 'Lent objects']))
    const memory = panel(inspector).querySelector('[aria-label=Memory]')
    await expect.poll(() => Number(memory?.getAttribute('aria-valuenow'))).toBeGreaterThan(0)
    expect(memory?.getAttribute('aria-valuemax')).toBe('128')
    const names = (place: string): readonly (string | null)[] => [...panel(inspector).querySelectorAll(`${place} .gauge-label`)].map((label) => label.getAttribute('title'))
    await expect.poll(() => names('.card > .gauges')).toContain('memoryMib')
    expect(names('details')).toContain('promptsPerMinute')
    expect(panel(inspector).querySelector('summary')?.textContent).toBe(`${names('details').length} not used`)
    // It stays where it is when it is not used any more.
    await extension.stop()
    await expect.poll(() => memory?.getAttribute('aria-valuenow')).toBe('0')
    expect(names('.card > .gauges')).toContain('memoryMib')
  })

  test('shows the audit log as it grows, filtered, and verifies it', async () => {
    const box = await openBox()
    const extension = await box.install(pkg(GUEST, { permissions: [STORE] }))
    const inspector = show(box, 'audit')
    await expect.poll(textOf(inspector)).toMatch(/install/)

    await extension.call('keep', ['notes/a'])
    await extension.call('keep', ['secret/b']).catch(() => undefined)

    await expect.poll(textOf(inspector)).toMatch(/storage\.set.*notes\/\*/s)
    await choose(inspector, 2, 'permission-denied')
    await expect.poll(() => [...new Set(shown(inspector, '.outcome'))]).toEqual(['permission-denied'])

    await choose(inspector, 2, '')
    const installed = await choose(inspector, 1, 'install')
    await expect.poll(() => shown(inspector, '.kind')).toEqual([installed])

    const verify = [...panel(inspector).querySelectorAll('button')].find(({ textContent }) => textContent === 'Verify')
    verify?.click()
    await expect.poll(textOf(inspector)).toContain('Every row is as it was written.')
    expect(panel(inspector).querySelector<HTMLElement>('.status')?.dataset['state']).toBe('good')
  })
})

test('shows the rows of one extension, and saves all there are as lines of JSON', async () => {
  const box = await openBox()
  await box.install(pkg(GUEST, { id: 'com.example.one' }))
  await box.install(pkg(GUEST, { id: 'com.example.two' }))
  const inspector = show(box, 'audit')
  await expect.poll(() => new Set(shown(inspector, '.extension'))).toEqual(new Set(['com.example.one', 'com.example.two']))
  const urls = vi.spyOn(URL, 'createObjectURL')
  const links: string[] = []
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function(this: HTMLAnchorElement) { links.push(this.download) })

  await choose(inspector, 0, 'com.example.two')
  await expect.poll(() => new Set(shown(inspector, '.extension'))).toEqual(new Set(['com.example.two']))
  const save = [...panel(inspector).querySelectorAll('button')].find(({ textContent }) => textContent?.startsWith('Save'))
  save?.click()

  await expect.poll(() => links).toEqual(['audit.ndjson'])
  const file = urls.mock.lastCall?.[0]
  const lines = file instanceof Blob ? (await file.text()).trimEnd().split('\n').map((line): unknown => JSON.parse(line)) : []
  vi.restoreAllMocks()
  expect(lines).toEqual(expect.arrayContaining([
    expect.objectContaining({ kind: 'install', extension: 'com.example.one' }), expect.objectContaining({ kind: 'install', extension: 'com.example.two' }),
  ]))
})

test('says that a log was tampered with as bad news', async () => {
  const box = logOf(3)
  const verify = async () => ({ ok: false, problem: 'changed', seq: 2 }) as const
  const inspector = show({ ...box, audit: { ...box.audit, verify } }, 'audit')
  await expect.poll(() => shown(inspector, '.outcome')).toHaveLength(3)

  const button = [...panel(inspector).querySelectorAll('button')].find(({ textContent }) => textContent === 'Verify')
  button?.click()

  await expect.poll(textOf(inspector)).toContain('tampered')
  expect(panel(inspector).querySelector<HTMLElement>('.status')?.dataset['state']).toBe('bad')
})

test('says which limit was met and how often, and of a start which code', async () => {
  const about = async (row: Partial<AuditRow>): Promise<string | null | undefined> => {
    const inspector = show(logOf(1, { method: '', uses: [], ...row }), 'audit')
    await expect.poll(() => shown(inspector, '.what')).toHaveLength(1)
    const [what] = shown(inspector, '.what')
    inspector.remove()
    return what
  }

  expect(await about({ kind: 'limit', outcome: 'rate-limit', facts: { limit: 'httpPerMinute', times: 1 } })).toBe('HTTP requests')
  expect(await about({ kind: 'limit', outcome: 'rate-limit', facts: { limit: 'httpPerMinute', times: 7 } })).toBe('HTTP requests \u00b7 times=7')
  expect(await about({ kind: 'start', digest: `sha256:${'ab'.repeat(32)}` })).toBe('code abababab\u2026abab')
})

test('has room for the outcome on a phone', async () => {
  const inspector = show(logOf(3, { kind: 'revocation', outcome: 'permission-denied', extension: 'com.example.a-rather-long-name.indeed', count: 12 }), 'audit')
  inspector.style.cssText = 'width: 320px'
  await expect.poll(() => shown(inspector, '.outcome').length).toBeGreaterThan(0)

  const cells = [...panel(inspector).querySelectorAll<HTMLElement>('.rows .outcome, .rows .kind, .rows .time')]
  await expect.poll(() => cells.filter((cell) => cell.scrollWidth > cell.clientWidth).map(({ className }) => className)).toEqual([])
})

describe('with ten thousand rows', () => {
  const list = (inspector: GloveboxInspector): HTMLElement => {
    const found = panel(inspector).querySelector<HTMLElement>('.list')
    if (!found) throw new Error('no list')
    return found
  }
  const rowsIn = (inspector: GloveboxInspector): HTMLElement[] => [...list(inspector).querySelectorAll<HTMLElement>('.rows [role=row]')]
  const end = (inspector: GloveboxInspector) => (): number => {
    list(inspector).scrollTop = list(inspector).scrollHeight
    return Number(list(inspector).getAttribute('aria-rowcount'))
  }

  test('has elements for those in view only, and reads older ones as they are scrolled to', async () => {
    const box = logOf(10_000)
    const inspector = show(box, 'audit')
    await expect.poll(textOf(inspector)).toContain('200 rows, and older ones')

    await expect.poll(end(inspector), { timeout: 20_000, interval: 20 }).toBe(10_000)

    expect(rowsIn(inspector).length).toBeLessThan(60)
    await expect.poll(() => rowsIn(inspector).map((row) => row.getAttribute('aria-rowindex'))).toContain('10000')
    expect(textOf(inspector)()).toMatch(/10.000 rows(?!,)/)
  })

  test('keeps what is looked at in place when new rows come', async () => {
    const box = logOf(10_000)
    const inspector = show(box, 'audit')
    await expect.poll(() => rowsIn(inspector).length).toBeGreaterThan(10)
    list(inspector).scrollTop = 3000
    const first = (): string => rowsIn(inspector).map((row) => [Number(row.style.insetBlockStart.replace('px', '')), row.textContent] as const)
      .filter(([top]) => top >= list(inspector).scrollTop).sort(([a], [b]) => a - b)[0]?.[1] ?? ''
    await expect.poll(() => rowsIn(inspector).some((row) => Number(row.getAttribute('aria-rowindex')) > 30)).toBe(true)
    const before = first()

    box.add(7)

    await expect.poll(() => list(inspector).getAttribute('aria-rowcount'), { timeout: 5000 }).toBe('207')
    expect(first()).toBe(before)
  })

  test('draws a scrolled list within a frame or two', async () => {
    const inspector = show(logOf(10_000), 'audit')
    await expect.poll(end(inspector), { timeout: 20_000, interval: 20 }).toBe(10_000)
    const spent: number[] = []
    const scroller = list(inspector)
    for (let step = 0; step < 40; step += 1) {
      scroller.scrollTop = (step * 7919 * 31) % scroller.scrollHeight
      const started = performance.now()
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
      spent.push(performance.now() - started)
    }

    // One frame, and a second one where the machine is busy; a list of ten thousand elements takes hundreds of ms here.
    expect(spent.sort((a, b) => a - b)[20]).toBeLessThan(100)
  })

  test('sets every text as text', async () => {
    const hostile = '<img src=x onerror=alert(1)>\u202e'
    const row = { extension: hostile, method: hostile, outcome: hostile, uses: [{ permission: hostile, scope: hostile }] }
    const inspector = show(logOf(50, row), 'audit')
    await expect.poll(() => rowsIn(inspector).length).toBeGreaterThan(5)

    expect(panel(inspector).querySelectorAll('img')).toHaveLength(0)
    expect(textOf(inspector)()).not.toContain('\u202e')
    expect(textOf(inspector)()).toContain('<img src=x onerror=alert(1)>\\u202e')
  })
})

test('hidden in any way, it asks for nothing', async () => {
  const ways: readonly [string, (inspector: GloveboxInspector) => void][] = [
    ['by an attribute', (inspector) => { inspector.hidden = true }],
    ['by being taken out', (inspector) => inspector.remove()],
    ['out of view', (inspector) => { inspector.style.cssText = 'position: fixed; top: -3000px' }],
    ['behind another tab', (inspector) => { inspector.tab = 'live' }],
  ]
  const hidden = ways.map(([way, hide]) => {
    const box = logOf(100)
    const inspector = show(box, 'audit')
    inspector.style.cssText = 'position: fixed; top: 0' // in view with the others
    return { way, box, hide: () => hide(inspector) }
  })
  await expect.poll(() => hidden.every(({ box }) => box.asked > 1), { timeout: 10_000 }).toBe(true)

  for (const { hide } of hidden) hide()
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  const before = hidden.map(({ box }) => box.asked)
  await new Promise((resolve) => setTimeout(resolve, 2500)) // two periods and more in which it would ask

  const asking = hidden.filter(({ box }, index) => box.asked - (before[index] ?? 0) > 1) // one may have been on its way
  expect(asking.map(({ way }) => way)).toEqual([])
})

test('arrow keys move between tabs, which name their panels', async () => {
  const inspector = show(logOf(1), 'live')
  const tabs = [...(inspector.shadowRoot?.querySelectorAll<HTMLElement>('[role=tab]') ?? [])]
  tabs[0]?.focus()

  tabs[0]?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft', bubbles: true }))

  expect(inspector.tab).toBe('audit')
  expect(inspector.shadowRoot?.activeElement).toBe(tabs[3])
  expect(panel(inspector).getAttribute('aria-labelledby')).toBe('tab-audit')
})

test('texts of the page take the place of the English ones, one by one', () => {
  const inspector = show(logOf(1), 'live')

  inspector.words = { title: 'Erweiterungen', tabs: { audit: 'Protokoll' } }

  const tabs = [...(inspector.shadowRoot?.querySelectorAll('[role=tab]') ?? [])]
  expect(tabs.map((tab) => tab.textContent)).toEqual(['Live', 'Grants', 'Limits', 'Protokoll'])
  expect(inspector.words).toMatchObject({ title: 'Erweiterungen', revoke: 'Revoke' })
})

test.each([
  ['words', { tittle: 'Alle' }, /^words has no "tittle"; it knows title, /], ['words', { tabs: { adit: 'Protokoll' } }, /^words\.tabs has no "adit"; it knows live, /],
  ['words', { limits: { timers: 5 } }, /^words\.limits\.timers must be a string, got 5\.$/], ['words', { rows: 'Zeilen' }, /^words\.rows must be a function, got Zeilen\.$/],
  ['words', null, /^words must be an object, got null\.$/], ['tab', 'adit', /^tab must be one of live, grants, limits, audit, got adit\.$/],
] as const)('its %s cannot be %j', (name, value, message) => {
  const inspector = show(logOf(1), 'grants')
  const before = inspector[name]

  expect(() => Reflect.set(inspector, name, value)).toThrow(message)
  expect(() => Reflect.set(inspector, name, value)).toThrow(TypeError)
  expect(inspector[name]).toEqual(before)
})
