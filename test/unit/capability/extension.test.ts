import { describe, expect, test } from 'vitest'
import { createExtensionCapability, type LinkAddress, type LinkAnswer, type LinkCaller, type LinkRequest, type LinkRoute, type LinkTable } from '../../../src/capability/extension.ts'
import { CapabilityError } from '../../../src/capability/capability.ts'
import type { Permission } from '../../../src/manifest/permission.ts'
import { call, codeOf, FakeCaller } from './harness.ts'

const GRANT: Permission = { name: 'extension:call', scope: { extensions: ['com.acme.weather'] }, reason: '' }

class FakeLinks implements LinkTable {
  readonly routes: (LinkCaller & { readonly address: LinkAddress })[] = []
  readonly requests: LinkRequest[] = []
  answer: () => Promise<LinkAnswer> = async () => ({ value: 1 })

  route(from: LinkCaller, address: LinkAddress): LinkRoute {
    const id = new Map([['weather', 'com.acme.weather'], ['other', 'com.acme.other']]).get(address.name)
    if (id === undefined) throw new CapabilityError('invalid-argument', 'no link')
    this.routes.push({ ...from, address })
    return {
      id, installation: 'here 1',
      call: (request) => {
        this.requests.push(request)
        request.onChain([from.identity.id, id])
        return this.answer()
      },
    }
  }
}

describe('extension.call', () => {
  test('asks for the permission by the id that is linked, and hands on what was said', async () => {
    const links = new FakeLinks()
    const caller = new FakeCaller([GRANT])
    caller.provenance.begin(7, { chain: ['com.acme.first'], callers: ['com.acme.first', 'com.acme.other'], depth: 1 })
    expect(await call(createExtensionCapability(links), caller, 'extension.call', 7, 'link', 'weather', 'forecast', [{ city: 'Paris' }])).toEqual({ value: 1 })
    expect(caller.asked).toEqual(['extension:call'])
    expect(links.routes).toMatchObject([{
      identity: caller.identity, stack: { call: 7, chain: ['com.acme.first'] }, callers: ['com.acme.first', 'com.acme.other'], address: { by: 'link', name: 'weather' },
    }])
    expect(links.requests).toMatchObject([{ name: 'forecast', args: [{ city: 'Paris' }] }])
  })

  test('without the permission for that extension nothing is called', async () => {
    const links = new FakeLinks()
    const capability = createExtensionCapability(links)
    expect(await codeOf(call(capability, new FakeCaller([]), 'extension.call', null, 'link', 'weather', 'forecast', []))).toBe('permission-denied')
    expect(await codeOf(call(capability, new FakeCaller([GRANT]), 'extension.call', null, 'link', 'other', 'forecast', []))).toBe('permission-denied')
    expect(links.requests).toEqual([])
  })

  test.each([
    ['an unknown link', [null, 'link', 'unknown', 'forecast', []]],
    ['another way to name it', [null, 'id', 'weather', 'forecast', []]],
    ['a call that is no number', ['1', 'link', 'weather', 'forecast', []]],
    ['a call below zero', [-1, 'link', 'weather', 'forecast', []]],
    ['no name', [null, 'link', 'weather', '', []]],
    ['a name that is too long', [null, 'link', 'weather', 'x'.repeat(257), []]],
    ['arguments that are no list', [null, 'link', 'weather', 'forecast', { length: 1 }]],
    ['one argument more', [null, 'link', 'weather', 'forecast', [], 'caller']],
  ])('refuses %s', async (_, args) => {
    expect(await codeOf(call(createExtensionCapability(new FakeLinks()), new FakeCaller([GRANT]), 'extension.call', ...args))).toBe('invalid-argument')
  })

  test('the end of the caller and of its grant both abort the call', async () => {
    for (const end of ['revoke', 'leave'] as const) {
      const links = new FakeLinks()
      const caller = new FakeCaller([GRANT])
      await call(createExtensionCapability(links), caller, 'extension.call', null, 'link', 'weather', 'forecast', [])
      const { signal } = links.requests[0] ?? {}
      expect(signal?.aborted).toBe(false)
      if (end === 'revoke') caller.revoke()
      else caller.epoch.abort(new Error('gone'))
      expect(signal?.aborted).toBe(true)
    }
  })
})
