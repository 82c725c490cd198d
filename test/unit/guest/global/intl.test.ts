/** Intl inside the real engine: the host's locale and time zone, the standard's order, and what bounds it. */
import { expect, test } from 'vitest'
import { call, load } from '../script/harness.ts'

const RUN = 'export const run = (body) => (0, eval)("(() => {" + body + "})()")'
const ATTEMPT = 'const attempt = (run) => { try { return run() } catch (e) { return [e.name, e.message] } };'

async function run(body: string, region: { readonly locale?: string; readonly timeZone?: string } = {}): Promise<unknown> {
  const { vm } = await load(RUN, { limits: { turnMs: 10_000 }, region })
  return call(vm, 'run', [ATTEMPT + body], 10_000)
}

const DEFAULTS = `const { locale, timeZone } = new Intl.DateTimeFormat().resolvedOptions(); return [locale, timeZone, (1234.5).toLocaleString(), new Date(0).toLocaleString(),
  new Date(0).toLocaleDateString(undefined, { timeZoneName: 'short' }), 'i'.toLocaleUpperCase(), '\\u00e4'.localeCompare('z'), new Intl.NumberFormat('zz').resolvedOptions().locale,
  new Intl.Collator(['xx', 'yy']).resolvedOptions().locale, new Intl.DisplayNames([], { type: 'region' }).of('DE'), 12n.toLocaleString(), [1.5].toLocaleString(), new Date(0).getHours()]`

test('defaults are neutral', async () => {
  expect(await run(DEFAULTS)).toEqual([
    'en-US', 'UTC', '1,234.5', expect.stringMatching(/^1\/1\/1970, 12:00:00\sAM$/), '1/1/1970, UTC', 'I', -1, 'en-US', 'en-US', 'Germany', '12', '1.5', 0,
  ])
})

test('defaults are the host\'s, also where the browser has no data for what was asked', async () => {
  expect(await run(DEFAULTS, { locale: 'sv-SE', timeZone: 'Asia/Tokyo' })).toEqual([
    'sv-SE', 'Asia/Tokyo', '1\u00a0234,5', '1970-01-01 09:00:00', expect.stringContaining('1970'), 'I', 1, 'sv-SE', 'sv', 'Tyskland', '12', '1,5', 9,
  ])
  expect(await run("return ['i'.toLocaleUpperCase(), 'I'.toLocaleLowerCase('en'), 'x'.toLocaleUpperCase('de')]", { locale: 'tr' })).toEqual(['\u0130', 'i', 'X'])
})

test('a locale that the browser has no data for does not fall back to the user\'s own', async () => {
  expect(await run("return [new Intl.NumberFormat().resolvedOptions().locale, Intl.DateTimeFormat('zz').resolvedOptions().locale]", { locale: 'tlh' })).toEqual(['en-US', 'en-US'])
})

test('options are read in the standard\'s order, each once, and only the known', async () => {
  const body = `const seen = (type, more = {}) => { const log = []; new Intl[type]('en', new Proxy(more, { get: (t, k) => { log.push(String(k)); return t[k] } })); return log.join(' ') }
    return [seen('Collator'), seen('DisplayNames', { type: 'region' }), seen('DateTimeFormat'), seen('NumberFormat').split(' roundingIncrement')[0], seen('ListFormat')]`

  expect(await run(body)).toEqual([
    'usage localeMatcher collation numeric caseFirst sensitivity ignorePunctuation',
    'localeMatcher style type fallback languageDisplay',
    'localeMatcher calendar numberingSystem hour12 hourCycle timeZone weekday era year month day dayPeriod hour minute second fractionalSecondDigits timeZoneName formatMatcher dateStyle timeStyle',
    'localeMatcher numberingSystem style currency currencyDisplay currencySign unit unitDisplay notation minimumIntegerDigits minimumFractionDigits maximumFractionDigits minimumSignificantDigits maximumSignificantDigits',
    'localeMatcher type style',
  ])
})

test('options named like what objects inherit change nothing outside', async () => {
  const body = `const o = JSON.parse('{"__proto__":{"style":"percent"},"constructor":1,"then":2}'); Object.defineProperty(o, 'then', { get() { throw 1 } })
    return [new Intl.NumberFormat('en', o).format(0.5), new Intl.NumberFormat('en', Object.create({ style: 'percent' })).format(0.5), ({}).style ?? 'clean']`

  expect(await run(body)).toEqual(['0.5', '50%', 'clean'])
  expect(Reflect.get({}, 'style')).toBe(undefined)
})

test('a thousand formatters hold nothing, and one used in a loop is made once', { timeout: 30_000 }, async () => {
  const { vm } = await load(RUN, { limits: { turnMs: 20_000, handles: 5 } })
  const many = `const kept = []; for (let i = 0; i < 1000; i++) kept.push(new Intl.NumberFormat('en', { minimumFractionDigits: i % 20, minimumIntegerDigits: 1 + i % 21 })); return kept.map((f) => f.format(1)).length`
  const loop = 'const t = Date.now(); for (let i = 0; i < 5000; i++) i.toLocaleString(); return Date.now() - t'

  expect(await call(vm, 'run', [many], 20_000)).toBe(1000)
  expect(await call(vm, 'run', [loop], 20_000)).toBeLessThan(2000)
  expect(vm.stats().handles).toBe(0)
})

// WebKit's own has another tag.
test('the iterator of segments looks as the standard says', async () => {
  const body = "const i = new Intl.Segmenter('en').segment('a')[Symbol.iterator](); return [Object.prototype.toString.call(i), i[Symbol.iterator]() === i, typeof Object.getPrototypeOf(i).next]"

  expect(await run(body)).toEqual(['[object Segmenter String Iterator]', true, 'function'])
})

test('what is too long is refused', async () => {
  const body = `return [() => new Intl.NumberFormat('en', { currency: 'x'.repeat(9000) }), () => new Intl.NumberFormat().format('1'.repeat(20001)), () => new Intl.NumberFormat().format(10n ** 20001n),
    () => 'a'.repeat(5e6).localeCompare('b')].map((f) => attempt(f)[0])`

  expect(await run(body)).toEqual(['RangeError', 'RangeError', 'RangeError', 'RangeError'])
})

test('marks that would hold the thread for a minute are refused', async () => {
  const body = String.raw`const a = 'a' + '\u0301\u0316'.repeat(100000), b = 'a' + '\u0316\u0301'.repeat(100000); const zalgo = 'a\u0301\u0316\u0323'.repeat(1000)
    return [attempt(() => a.localeCompare(b))[0], attempt(() => new Intl.Collator('de').compare(a, b))[0], zalgo.localeCompare(zalgo + 'b', 'en')]`
  const before = performance.now()

  expect(await run(body)).toEqual(['RangeError', 'RangeError', -1])
  expect(performance.now() - before).toBeLessThan(2000)
})
