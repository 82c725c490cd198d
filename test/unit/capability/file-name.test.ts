import { expect, test } from 'vitest'
import { cleanFileName } from '../../../src/capability/file-name.ts'

test.each([
  ['report.csv', 'report.csv'], ['../../etc/passwd', '_.._etc_passwd'], ['C:\\a.txt', 'C__a.txt'], ['.bashrc', 'bashrc'], ['...', 'file'],
  [' a. ', 'a'], ['con', '_con'], ['CON.txt', '_CON.txt'], ['com1.log', '_com1.log'], ['console.txt', 'console.txt'], ['a\u202etxt.exe', 'a_u202etxt.exe'],
  ['a\u0000b', 'a_u0000b'], ['a:b', 'a_b'],
])('%j is offered as %j', (given, offered) => {
  expect(cleanFileName(given)).toBe(offered)
})

test('a long name keeps its type', () => {
  const name = cleanFileName(`${'x'.repeat(250)}.exe`)

  expect(name.length).toBeLessThanOrEqual(128)
  expect(name.endsWith('.exe')).toBe(true)
})
