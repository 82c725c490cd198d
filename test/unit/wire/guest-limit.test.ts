import { expect, it } from 'vitest'
import { encodeMetLimit, parseMetLimit } from '../../../src/wire/guest-limit.ts'

it('comes over as it was told', () => {
  expect(parseMetLimit(encodeMetLimit({ limit: 'timers', times: 7 }))).toEqual({ limit: 'timers', times: 7 })
})

it.each([
  ['nothing', ''], ['no list', '{}'], ['a limit that the page keeps itself', '["httpPerMinute",1]'], ['a name that objects have', '["constructor",1]'],
  ['no number', '["timers"]'], ['none', '["timers",0]'], ['a fraction', '["timers",1.5]'], ['more than can be', '["timers",1e300]'],
  ['text without end', `["timers",${'1'.repeat(200)}]`],
])('is a breach where it is %s', (_, text) => {
  expect(parseMetLimit(text)).toBeUndefined()
})
