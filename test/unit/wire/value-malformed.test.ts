import { afterEach, describe, expect, it, vi } from 'vitest'
import { isGloveboxError } from '../../../src/errors.ts'
import { decodeValue } from '../../../src/wire/value.ts'
import { seeded } from './random-value.ts'

const LIMITS = { bytes: 100_000, depth: 10, nodes: 1000 }
const OWN_NAMES = Reflect.ownKeys(Object.prototype).length

afterEach(() => {
  vi.restoreAllMocks()
})

const SHARE = '{"$":["=",0,[]]}'

function towerOf(open: string, close: string, levels: number): string {
  return `${open.repeat(levels)}1${close.repeat(levels)}`
}

/** A chain of definitions, each of two references to the one before. */
function laughs(levels: number): string {
  const parts = ['{"$":["=",0,[]]}']
  for (let n = 1; n < levels; n++) parts.push(`{"$":["=",${n},[{"$":["@",${n - 1}]},{"$":["@",${n - 1}]}]]}`)
  return `[${parts.join(',')}]`
}

/** Each definition is shallow where it stands, and holds the one before below three levels. */
function ladder(rungs: number): string {
  const parts = ['{"$":["=",0,[]]}']
  for (let n = 1; n < rungs; n++) parts.push(`{"$":["=",${n},[[[{"$":["@",${n - 1}]}]]]]}`)
  return `[${parts.join(',')}]`
}

/** Numbers nest without adding a level to the value. */
function definitions(levels: number): string {
  let text = '[]'
  for (let n = levels - 1; n >= 0; n--) text = `{"$":["=",${n},${text}]}`
  return text
}

describe('a payload is a breach when it is', () => {
  afterEach(() => {
    expect(Reflect.ownKeys(Object.prototype)).toHaveLength(OWN_NAMES)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it.each<readonly [string, string]>([
    ['empty', ''],
    ['no JSON', 'undefined'],
    ['JSON and more', '1 1'],
    ['half of JSON', '[1'],
    ['a lone brace', '{'],
    ['with an own key __proto__', '{"__proto__":{"polluted":1}}'],
    ['with an own key __proto__ deeper', '[{"a":{"__proto__":{"polluted":1}}}]'],
    ['with an escaped key __proto__', '{"\\u005f_proto__":{"polluted":1}}'],
    ['with a key __proto__ in an object tag', '{"$":["o",{"__proto__":{"polluted":1}}]}'],
    ['with a key __proto__ in a shared object', '{"$":["=",0,{"__proto__":{"polluted":1}}]}'],
    ['a tag that is a string', '{"$":"u"}'],
    ['a tag that is null', '{"$":null}'],
    ['a tag that is an object', '{"$":{"0":"u"}}'],
    ['a tag without a name', '{"$":[]}'],
    ['a tag beside another key', '{"$":["u"],"a":1}'],
    ['an unknown tag', '{"$":["x"]}'],
    ['a tag whose name is no string', '{"$":[0]}'],
    ['a tag with a name of Object.prototype', '{"$":["constructor",1]}'],
    ['a tag with the name __proto__', '{"$":["__proto__",1]}'],
    ['a tag whose name is a list', '{"$":[["u"]]}'],
    ['undefined with more', '{"$":["u",1]}'],
    ['a number that is not one of the four', '{"$":["n","1"]}'],
    ['a number that is a number', '{"$":["n",1]}'],
    ['a number tag without a number', '{"$":["n"]}'],
    ['a number with more', '{"$":["n","NaN",1]}'],
    ['a bigint with a point', '{"$":["i","1.5"]}'],
    ['a bigint in hexadecimal', '{"$":["i","0x10"]}'],
    ['a bigint with a space', '{"$":["i"," 1"]}'],
    ['a bigint with a line feed at its end', '{"$":["i","1\\n"]}'],
    ['an empty bigint', '{"$":["i",""]}'],
    ['a bigint that is a number', '{"$":["i",1]}'],
    ['a bigint that is a list', '{"$":["i",["1"]]}'],
    ['a bigint of too many digits', `{"$":["i","${'9'.repeat(1301)}"]}`],
    ['a date as text', '{"$":["d","2020-01-01"]}'],
    ['a date tag without a time', '{"$":["d"]}'],
    ['a date of an object', '{"$":["d",{}]}'],
    ['a map of an object', '{"$":["m",{}]}'],
    ['a map of null', '{"$":["m",null]}'],
    ['a map tag without entries', '{"$":["m"]}'],
    ['a map entry of one', '{"$":["m",[["a"]]]}'],
    ['a map entry of three', '{"$":["m",[["a",1,2]]]}'],
    ['a map entry that is text', '{"$":["m",["ab"]]}'],
    ['a map entry that is a tag', '{"$":["m",[{"$":["u"]}]]}'],
    ['a set of an object', '{"$":["s",{}]}'],
    ['a set of a string', '{"$":["s","abc"]}'],
    ['a set tag without items', '{"$":["s"]}'],
    ['an object tag of a list', '{"$":["o",[]]}'],
    ['an object tag of null', '{"$":["o",null]}'],
    ['an object tag of text', '{"$":["o","x"]}'],
    ['bytes that are not there', '{"$":["b",2]}'],
    ['bytes with a negative number', '{"$":["b",-1]}'],
    ['bytes with a fraction', '{"$":["b",0.5]}'],
    ['bytes with a number as text', '{"$":["b","0"]}'],
    ['bytes with a method of Array as number', '{"$":["b","push"]}'],
    ['bytes taken twice', '[{"$":["b",0]},{"$":["b",0]}]'],
    ['bytes taken as view and as buffer', '[{"$":["b",0]},{"$":["a",0]}]'],
    ['bytes taken twice, once as -0', '[{"$":["b",0]},{"$":["a",-0]}]'],
    ['a buffer that is not there', '{"$":["a",9]}'],
    ['a reference to nothing', '{"$":["@",0]}'],
    ['a reference forward', `[{"$":["@",0]},${SHARE}]`],
    ['a reference into itself', '{"$":["=",0,[{"$":["@",0]}]]}'],
    ['a map that contains itself', '{"$":["=",0,{"$":["m",[[1,{"$":["@",0]}]]]}]}'],
    ['a reference with text as number', `[${SHARE},{"$":["@","0"]}]`],
    ['a reference to length', `[${SHARE},{"$":["@","length"]}]`],
    ['a reference with a fraction', `[${SHARE},{"$":["@",0.5]}]`],
    ['a reference below 0', `[${SHARE},{"$":["@",-1]}]`],
    ['a definition out of order', '{"$":["=",1,[]]}'],
    ['a definition with a huge number', '{"$":["=",4294967295,[]]}'],
    ['a definition twice', `[${SHARE},${SHARE}]`],
    ['a definition of a number', '{"$":["=",0,1]}'],
    ['a definition of null', '{"$":["=",0,null]}'],
    ['a definition of undefined', '{"$":["=",0,{"$":["u"]}]}'],
    ['a definition of a reference', `[${SHARE},{"$":["=",1,{"$":["@",0]}]}]`],
    ['a definition of a definition', definitions(2)],
    ['a tower of definitions', definitions(5_000)],
    ['one level too deep', towerOf('[', ']', 11)],
    ['one level too deep in objects', towerOf('{"a":', '}', 11)],
    ['one level too deep in sets', towerOf('{"$":["s",[', ']]}', 11)],
    ['one level too deep in maps', towerOf('{"$":["m",[[0,', ']]]}', 11)],
    ['one level too deep in object tags', towerOf('{"$":["o",{"$":', '}]}', 11)],
    ['50000 levels deep', towerOf('[', ']', 49_000)],
    ['deep through references', ladder(5)],
    ['of too many nodes', `[${'1,'.repeat(2100)}1]`],
    ['2^40 nodes in a few bytes', laughs(40)],
    ['longer than allowed', `"${'x'.repeat(100_000)}"`],
  ])('%s', (_name, text) => {
    const payload = { text, buffers: [new ArrayBuffer(1), new ArrayBuffer(1)] }

    expect(() => decodeValue(payload, LIMITS)).toThrow(expect.objectContaining({ code: 'malformed-message' }))
  })

  it('larger than allowed by its buffers', () => {
    const payload = { text: '1', buffers: [new ArrayBuffer(50_000), new ArrayBuffer(50_000)] }

    expect(() => decodeValue(payload, LIMITS)).toThrow(expect.objectContaining({ code: 'malformed-message' }))
  })

  it('anything else that random damage makes of a good one', () => {
    const good = '[{"$":["=",0,{"$":["m",[[{"$":["b",0]},{"$":["o",{"$":{"$":["n","-0"]}}]}]]]}]},{"$":["@",0]},{"a":{"$":["i","5"]}}]'
    const random = seeded(3)
    const pick = (length: number): number => Math.floor(random() * length)
    for (let run = 0; run < 20_000; run++) {
      const at = pick(good.length)
      const text = good.slice(0, at) + (good[pick(good.length)] ?? '') + good.slice(at + pick(4))
      try {
        decodeValue({ text, buffers: [new ArrayBuffer(1)] }, LIMITS)
      } catch (error) {
        if (!isGloveboxError(error, 'malformed-message')) throw new Error(`${text} threw something else`, { cause: error })
      }
    }
  })
})

it.each(['m', 's'])('a %s whose keys collide, so that it takes minutes to build, is given up', (tag) => {
  const item = (n: number): string => (tag === 'm' ? `[${n},0]` : `${n}`)
  const items = Array.from({ length: 100_000 }, (_, n) => item(n))
  const payload = { text: `{"$":["${tag}",[${items.join(',')}]]}`, buffers: [] }
  expect((decodeValue(payload) as { size: number }).size).toBe(100_000)

  let now = 0
  vi.spyOn(Date, 'now').mockImplementation(() => (now += 10)) // for each look at the clock
  expect(() => decodeValue(payload)).toThrow(expect.objectContaining({ code: 'malformed-message' }))
})

it('keys named like methods are own data, nothing more', () => {
  const value = decodeValue({ text: '{"constructor":{"prototype":{"polluted":1}},"hasOwnProperty":1,"toString":2}', buffers: [] })

  expect(Object.keys(value as object)).toEqual(['constructor', 'hasOwnProperty', 'toString'])
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
})
