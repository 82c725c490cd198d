import { expect, test } from 'vitest'
import { encodeValue } from '../../../../src/wire/value.ts'
import { prepareFixture, startComponent } from './harness.ts'

const prepared = prepareFixture('files')

test('a component has files, whose names are names', async () => {
  const component = await startComponent(await prepared)

  const lines = await component.call('tour', [''])

  expect(lines).toEqual(['world', '11', 'b.txt,two', '55', '63', '20', 'false', 'polluted'])
  expect(Object.prototype).not.toHaveProperty('polluted')
})

test('its files are gone with a reset', async () => {
  const component = await startComponent(await prepared)
  await component.call('writeFile', ['/a', 'text'])
  expect(await component.call('readFile', ['/a'])).toBe('text')

  await component.page.call('reset', undefined)

  await expect(component.call('readFile', ['/a'])).rejects.toMatchObject({ code: 'thrown', payload: '44' })
})

test('kept directories are loaded, and committed when a call ends well', async () => {
  const calls: string[] = []
  const component = await startComponent(await prepared, {
    directories: [{ path: '/data', isWritable: true }],
    capabilities: {
      'file.open': () => ({ ok: true, value: encodeValue(['/data']) }),
      'file.load': () => ({ ok: true, value: encodeValue({ revision: 3, nodes: [] }) }),
      'file.commit': () => {
        calls.push('commit')
        return { ok: true, value: encodeValue(4) }
      },
    },
  })

  await component.call('writeFile', ['/data/a', 'text'])
  expect(await component.call('readFile', ['/data/a'])).toBe('text')
  await component.call('writeAndTrap', ['/data/a']).catch(() => undefined)

  expect(calls).toEqual(['commit'])
})

test('a directory that could not be stored fails the call', async () => {
  const component = await startComponent(await prepared, {
    directories: [{ path: '/data', isWritable: true }],
    capabilities: {
      'file.open': () => ({ ok: true, value: encodeValue(['/data']) }),
      'file.load': () => ({ ok: true, value: encodeValue({ revision: 3, nodes: [] }) }),
      'file.commit': () => ({ ok: false, error: { name: 'LimitError', message: 'full', code: 'quota-exceeded', stack: '' } }),
    },
  })

  await expect(component.call('writeFile', ['/data/a', 'text'])).rejects.toMatchObject({ guestCode: 'quota-exceeded' })
  await expect(component.call('readFile', ['/data/a'])).rejects.toMatchObject({ payload: '44' })
})
