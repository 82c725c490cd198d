import { expect, test } from 'vitest'
import { call, load } from '../script/harness.ts'

test('matches, captures and refuses as the standard says', async () => {
  const { vm } = await load(`export const run = () => {
    const pattern = new URLPattern({ pathname: '/books/:id(\\\\d+)' })
    const base = new URLPattern('/a/*', 'https://example.com', { ignoreCase: true })
    const attempt = (code) => { try { return code() } catch (error) { return error.name } }
    return [pattern.pathname, pattern.hasRegExpGroups, pattern.test('https://x.example/books/7'), pattern.test({ pathname: '/books/x' }),
      pattern.exec('https://x.example/books/42').pathname.groups.id, pattern.exec('https://x.example/'), base.test('https://EXAMPLE.com/A/b'),
      attempt(() => new URLPattern({ pathname: '(' })), attempt(() => pattern.test(Symbol())), Object.prototype.toString.call(pattern)]
  }`)

  expect(await call(vm, 'run')).toEqual(
    ['/books/:id(\\d+)', true, true, false, '42', null, true, 'TypeError', 'TypeError', '[object URLPattern]'],
  )
})

test('the polyfill is evaluated at the first pattern, not before', async () => {
  const ask: string[] = []
  const { vm } = await load('export const run = () => { new URLPattern(); new URLPattern() }; export const touch = () => typeof URLPattern')
  const sections = WebAssembly.Module.customSections
  WebAssembly.Module.customSections = (module, name) => (ask.push(name), sections(module, name))
  try {
    await call(vm, 'touch')
    const before = [...ask]
    await call(vm, 'run')
    expect([before, ask]).toEqual([[], ['glovebox.library.url-pattern']])
  } finally {
    WebAssembly.Module.customSections = sections
  }
})
