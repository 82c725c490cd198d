import { describe, expect, test } from 'vitest'
import { parseMimeType, serializeMimeType } from '../../../../src/guest/script/global/mime-type.ts'
import { createHarness } from './harness.ts'

const { globals } = createHarness()
const { Response, FormData, Blob, File } = globals

async function read(text: string | Uint8Array, type = 'multipart/form-data; boundary=B'): Promise<unknown> {
  const form = await new Response(text, { headers: { 'content-type': type } }).formData()
  return [...form].map(([name, value]) => [name, typeof value === 'string' ? value : [value.name, value.type, value.size]])
}

const part = (head: string, body = 'v'): string => `--B\r\n${head}\r\n\r\n${body}\r\n--B--\r\n`

test.each<[name: string, text: string, entries: unknown]>([
  ['escapes of HTML', part('Content-Disposition: form-data; name="a%22%0D%0Ab"; filename="%22"'), [['a"\r\nb', ['"', 'text/plain', 1]]]],
  ['names without quotes', part('Content-Disposition: form-data; name=a; filename=f.txt'), [['a', ['f.txt', 'text/plain', 1]]]],
  ['the file name first', part('Content-Disposition: form-data; filename="f"; name="a"'), [['a', ['f', 'text/plain', 1]]]],
  ['headers in any case and order', part('content-type: x/Y\r\nCONTENT-DISPOSITION: Form-Data; NAME="a"; FILENAME="f"'), [['a', ['f', 'x/Y', 1]]]],
  ['a line that is nearly a boundary', part('Content-Disposition: form-data; name="a"', '\r\n--C\r\n-B'), [['a', '\r\n--C\r\n-B']]],
  ['what comes after the end', `${part('Content-Disposition: form-data; name="a"')}--B\r\nrest`, [['a', 'v']]],
  ['a blank line first', `\r\n${part('Content-Disposition: form-data; name="a"')}`, [['a', 'v']]],
])('reads %s', async (_name, text, entries) => {
  expect(await read(text)).toEqual(entries)
})

test.each([
  ['a header without a colon', part('Content-Disposition form-data; name="a"')],
  ['a header of 20 KB', part(`Content-Disposition: form-data; name="${'a'.repeat(20_000)}"`)],
  ['a boundary with other characters', part('x: y'), 'multipart/form-data; boundary="a\u00e9"'],
  ['a boundary of 71 characters', part('x: y'), `multipart/form-data; boundary=${'b'.repeat(71)}`],
  ['an attachment', part('Content-Disposition: attachment; name="a"')],
])('refuses %s', async (_name, text, type?) => {
  await expect(read(text, type)).rejects.toThrow(TypeError)
})

test('reads its own writing, whatever the names', async () => {
  const form = new FormData()
  form.append('q"\r\nname', 'v\r\n')
  form.append('f', new Blob([new Uint8Array([13, 10, 45, 45, 0])]), 'x"\n')

  const back = await new Response(form).formData()

  expect([...back.keys()]).toEqual(['q"\r\nname', 'f'])
  expect([back.get('f').name, [...(await back.get('f').bytes())]]).toEqual(['x"\n', [13, 10, 45, 45, 0]])
})

test('reading is linear in what nearly are boundaries', async () => {
  const text = part('Content-Disposition: form-data; name="a"', '\r\n--'.repeat(250_000))
  const start = performance.now()

  await read(text)

  expect(performance.now() - start).toBeLessThan(1000)
})

test('a blob shares the bytes of its parts, which nobody can change', async () => {
  const bytes = new Uint8Array(10)
  const file = new File([bytes], 'f')
  bytes.fill(1)
  const view = await file.slice(2, 4).bytes()
  view.fill(2)

  expect([...(await file.bytes())]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
})

describe('MIME types', () => {
  test.each<[header: string | null, text: string | undefined]>([
    [null, undefined], ['', undefined], ['text', undefined], ['a b/c', undefined], ['Text/HTML ; Charset=UTF-8', 'text/html;charset=UTF-8'],
    ['a/b;c="d\\"e"x;f=g', 'a/b;c="d\\"e";f=g'], ['a/b;c=;d', 'a/b'], ['a/b;c=1;C=2', 'a/b;c=1'], ['text/plain, a/b;x=","', 'a/b;x=","'], ['a/b, x', 'a/b'],
    ['a/b;c="open', 'a/b;c=open'], ['a/b;;c=d', 'a/b;c=d'],
  ])('%j is %j', (header, text) => {
    const type = parseMimeType(header)

    expect(type === undefined ? undefined : serializeMimeType(type)).toBe(text)
  })

  test('are read in linear time', () => {
    const start = performance.now()

    parseMimeType(`a/b${';"'.repeat(50_000)}`)
    parseMimeType(`a/b;c="${'\\"'.repeat(50_000)}`)
    parseMimeType('"'.repeat(50_000))

    expect(performance.now() - start).toBeLessThan(500)
  })
})
