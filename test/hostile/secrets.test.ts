/** What a server that a secret is bound to could repeat of it, in whatever form, to the extension that may not see it. */
import { expect, inject, test } from 'vitest'
import { openBox, pkg, uniqueName } from '../browser/box-harness.ts'

const { origin } = inject('server')

const SECRET = 'tok"en/+7890~x'
const hex = (code: number): string => code.toString(16).padStart(2, '0')
const units = (write: (unit: number, index: number) => string): string =>
  [...SECRET].map((character, index) => write(character.charCodeAt(0), index)).join('')
const plain = (unit: number): string => String.fromCharCode(unit)

/** Each is a whole line. */
const FORMS: Readonly<Record<string, string>> = {
  'as it is': SECRET,
  'percent-encoded': encodeURIComponent(SECRET),
  'percent-encoded throughout': units((unit) => `%${hex(unit)}`),
  'percent-encoded here and there': units((unit, index) => (index % 3 ? plain(unit) : `%${hex(unit).toUpperCase()}`)),
  'as JSON': JSON.stringify(SECRET).slice(1, -1),
  'as JSON, escaped throughout': units((unit) => `\\u00${hex(unit)}`),
  'as JSON, escaped here and there': units((unit, index) => (index % 2 ? `\\u00${hex(unit)}` : unit === 0x22 ? '\\"' : plain(unit))),
}

test('comes back masked, also across the pieces of a body', async () => {
  const before = ['', 'a', 'ab']
  const encoded = before.flatMap((text) => [btoa(`${text}${SECRET}`), btoa(`${text}${SECRET}`).replaceAll('+', '-').replaceAll('/', '_')])
  const filler = 'z'.repeat(65_530) // the next line begins at the end of one chunk and ends in another
  const lines = [...Object.values(FORMS), ...encoded, filler, SECRET]
  const body = JSON.stringify({ files: { 'forms.txt': lines.join('\n') } })
  const registered = await fetch(`${origin}/register/${uniqueName()}`, { method: 'POST', body })
  const { url } = (await registered.json()) as { readonly url: string }
  const box = await openBox()
  const binding = { origin, path: '/files', methods: ['GET'], header: 'authorization' }
  await box.vault.set('token', SECRET, { binding, extensions: ['com.example.test'] })
  const permissions = [
    { name: 'http:read', scope: { origins: [origin] }, reason: 'to test' }, { name: 'vault:use', scope: { secrets: ['token'] }, reason: 'to test' },
  ]
  const code = "export const get = async (url) => (await fetch(url, { headers: { 'x-glovebox-secret': 'token' } })).text()"
  const extension = await box.install(pkg(code, { permissions }))
  const seen = String(await extension.call('get', [`${url}forms.txt`])).split('\n')

  for (const [index, [form, line]] of Object.entries(FORMS).entries()) expect(seen[index], form).toBe('*'.repeat(line.length))
  const masked = seen.slice(-encoded.length - 2, -2)
  for (const [index, text] of masked.entries()) {
    expect(text, encoded[index]).toMatch(/^.{0,4}\*{14,}.{0,4}$/)
    expect(text.length).toBe(encoded[index]?.length)
  }
  expect(seen.slice(-2)).toEqual([filler, '*'.repeat(SECRET.length)])
})
