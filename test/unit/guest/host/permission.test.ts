import { describe, expect, test } from 'vitest'
import { createPermission } from '../../../../src/guest/host/permission.ts'
import { codeOf, createContext, fails, FakeOutward } from './harness.ts'

describe.each(['jspi', 'shared-buffer'] as const)('permissions of a component, waiting by %s,', (waits) => {
  test('are asked for together, and a state that is none is no grant', async () => {
    const outward = new FakeOutward(waits)
    const permission = createPermission(createContext(outward))
    outward.answers.set('permission.requestAll', () => ['granted', 'everything'])

    expect(await permission.requestAll(['http-read', 'storage-write'])).toEqual(['granted', 'denied'])
    expect(outward.told).toEqual([['permission.requestAll', ['http:read', 'storage:write']]])
    outward.answers.set('permission.requestAll', fails('permission-denied'))
    expect(await codeOf(() => permission.requestAll(['http-read']))).toBe('permission-denied')
  })
})
