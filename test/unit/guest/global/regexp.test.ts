/** Patterns that run as their sticky twins, against the same engine without that. */
import { newQuickJSWASMModule } from 'quickjs-emscripten'
import { expect, test } from 'vitest'
import { isAnchored } from '../../../../src/guest/script/global/anchored-pattern.ts'
import { call, load } from '../script/harness.ts'

test.each([
  ['^a', true], ['^', true], ['(^a)', true], ['(?:^a|^b)c', true], ['(?<n>^a)+', true], ['^a|^b', true], ['^a|(^b|(?:^c))', true], ['^[|]', true],
  ['^\\|b', true], ['(^a){1}', false], ['a', false], ['^a|b', false], ['^a|', false], ['(^a)?b', false], ['(?:^a)*', false], ['(^a|b)', false],
  ['(?=^a)', false], ['(?!^)a', false], ['(?<=^)a', false], ['(?i:^a)', false], ['a^', false], ['[^a]', false], ['(|^a)', false], ['', false],
  ['((^a)|^b)x', true], ['\\^a', false], ['(a)^b', false], ['^a(b|c)', true], ['^(a|b)|^[)]|^\\)', true],
])('anchored: %s is %s', (source, expected) => {
  expect(isAnchored(source)).toBe(expected)
})

/** Deterministic: a failure has to come again. */
function createRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const ATOMS = ['^', '^', '^', '$', 'a', 'b', 'ab', '.', '\\b', '\\w', '\\^', '[^a]', '[a|(b]', '[)^]', '\\)', '\\|', '(?=a)', '(?!b)', '(?<=a)', 'a+?', 'b*', '(?:)']
const OPENERS = ['(', '(?:', '(?<n>', '(?:^', '(^']
// No nested repetition: these texts are long enough for it to take for ever.
const QUANTIFIERS = ['', '', '', '', '?', '{0,2}', '{1}', '??']
const FLAGS = ['', 'g', 'i', 'y', 'm', 'gy', 'gm', 'd', 'u', 's', 'dgi']
const TEXTS = ['', 'a', 'ab'.repeat(30), `b${'ab\n'.repeat(30)}`, `${'x'.repeat(50)}ab`, `^a|b)(${'A^'.repeat(40)}`, `\n${'ba'.repeat(40)}`]

function makePattern(random: (below: number) => number, depth = 0): string {
  const pick = (list: readonly string[]): string => list[random(list.length)] ?? ''
  let pattern = ''
  for (let part = random(4) + (depth === 0 ? 1 : 0); part > 0; part -= 1) {
    if (depth < 3 && random(4) === 0) pattern += `${pick(OPENERS)}${makePattern(random, depth + 1)})${pick(QUANTIFIERS)}`
    else pattern += pick(ATOMS)
    if (random(4) === 0) pattern += '|'
  }
  return pattern
}

/** What a pattern does with a text, by every way into it. */
const PROBE = `(cases) => cases.map(([source, flags, text, start]) => {
  let re
  try { re = new RegExp(source, flags) } catch (error) { return error.name }
  const seen = []
  const look = (run) => {
    re.lastIndex = start
    const found = run()
    seen.push([found && [...found], found?.index, found?.groups && { ...found.groups }, found?.indices && [...found.indices].map(String), re.lastIndex])
  }
  look(() => re.exec(text))
  look(() => text.match(re))
  look(() => [re.test(text)])
  look(() => [text.replace(re, '<$&>')])
  look(() => [text.search(re)])
  look(() => text.split(re, 5))
  if (flags.includes('g')) look(() => [...text.matchAll(re)].map(String))
  return JSON.stringify(seen)
})`

test('thousands of patterns, flags, texts and starts give what the bare engine gives', { timeout: 120_000 }, async () => {
  const random = createRandom(20_261_121)
  const cases = Array.from({ length: 6000 }, () => [
    `${random(2) === 0 ? '^' : ''}${makePattern(random)}`, FLAGS[random(FLAGS.length)] ?? '', TEXTS[random(TEXTS.length)] ?? '', [0, 0, 0, 1, 2, 100, -1, 0.5][random(8)] ?? 0,
  ])
  const { vm } = await load(`export const probe = ${PROBE}`, { limits: { messageBytes: 2 ** 24, memoryMib: 64 } })
  const bare = (await newQuickJSWASMModule()).newContext()

  for (let at = 0; at < cases.length; at += 1000) {
    const slice = cases.slice(at, at + 1000)
    const result = bare.unwrapResult(bare.evalCode(`(${PROBE})(${JSON.stringify(slice)})`)).consume((handle) => bare.dump(handle) as unknown[])
    const ours = (await call(vm, 'probe', [slice], 60_000)) as unknown[]
    const first = slice.findIndex((_, index) => ours[index] !== result[index])
    expect([slice[first], ours[first]]).toEqual([slice[first], result[first]])
  }
  bare.dispose()
  expect(cases.filter(([source]) => isAnchored(String(source))).length).toBeGreaterThan(1000)
})

test('a failing anchored pattern does not scan the text', async () => {
  const { vm } = await load(`export const run = () => {
    const text = 'x'.repeat(100_000), patterns = [/^a/, /^(?:b|c)/, /(?:^d|^e)f/g]
    let count = 0
    for (let i = 0; i < 20_000; i++) if (patterns[i % 3].test(text)) count++
    return count
  }`)

  expect(await call(vm, 'run', [], 5000)).toBe(0) // the bare engine takes 20 s
})

test('compile, frozen patterns, odd receivers and lastIndex objects behave as before', async () => {
  const { vm } = await load(`export const run = () => {
    const long = 'ab'.repeat(40)
    const attempt = (code) => { try { return code() } catch (error) { return error.name } }
    const re = /^a/g
    const first = re.exec(long)?.index
    re.compile('^b'); re.lastIndex = 0
    const frozen = Object.freeze(/^a/g)
    let reads = 0
    const watched = /^a/; watched.lastIndex = { valueOf() { reads++; return 0 } }
    class Own extends RegExp { exec(text) { return super.exec(text) } }
    return [first, re.exec(long), attempt(() => frozen.exec(long)), attempt(() => RegExp.prototype.exec.call({}, long)),
      attempt(() => RegExp.prototype.exec.call(5, long)), watched.test(long), reads, new Own('^ab').test(long), new Own('^b').exec(long),
      RegExp.prototype.exec.name, RegExp.prototype.exec.length, 'prototype' in RegExp.prototype.exec, /^a/.exec({ toString: () => long })?.[0]]
  }`)

  expect(await call(vm, 'run')).toEqual([0, null, 'TypeError', 'TypeError', 'TypeError', true, 1, true, null, 'exec', 1, false, 'a'])
})
