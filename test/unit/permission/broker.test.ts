import { describe, expect, it } from 'vitest'
import { extensionKey } from '../../../src/manifest/identity.ts'
import type { PermissionName } from '../../../src/manifest/permission.ts'
import type { GrantChannel } from '../../../src/permission/broker.ts'
import type { GrantRecord } from '../../../src/permission/grant.ts'
import { DIGEST_1, DIGEST_2, FakeChannels, MemoryGrants, NOTE, READ, STORE, USE, FakeClock, codeOf, openTab, settle, subjectOf } from './harness.ts'

const required = (changes = {}): ReturnType<typeof subjectOf> => subjectOf({ required: [READ, STORE], optional: [], ...changes })

describe('install', () => {
  it('asks for everything required in one prompt and remembers `always`', async () => {
    const { broker, dialogs, store } = openTab()
    dialogs.automatic = ['always', 'session']
    const permissions = await broker.admit(required())

    expect(dialogs.shown.map(({ request }) => [request.when, request.permissions.map(({ name }) => name)])).toEqual([
      ['install', ['http:read', 'storage:read']],
    ])
    expect(permissions.query().map(({ name, state, required }) => [name, state, required])).toEqual([
      ['http:read', 'granted', true],
      ['storage:read', 'granted', true],
    ])
    expect([...store.rows.keys()].map((slot) => slot.split('\n')[2])).toEqual(['http:read'])
  })

  it.each(['always', 'session', 'once'])('that fails after the user said "%s" leaves nothing, and asks again', async (word) => {
    const { broker, dialogs, store } = openTab()
    dialogs.automatic = [word, word]
    const install = async (): Promise<void> => {
      throw new DOMException('no room', 'QuotaExceededError')
    }

    await expect(broker.admit(required(), { install })).rejects.toThrow('no room')
    expect(store.rows.size).toBe(0)
    await broker.admit(required())
    expect(dialogs.shown).toHaveLength(2)
  })

  it('hands all that lasts to what writes the record: decisions, and what goes on of the code before', async () => {
    const { broker, dialogs, store } = openTab()
    dialogs.automatic = ['always']
    await broker.admit(subjectOf({ required: [READ], optional: [] }))
    const written: string[][] = []
    const install = async (grants: readonly GrantRecord[]): Promise<void> => {
      expect([...store.rows.values()].every((row) => (row as GrantRecord).digest === DIGEST_1), 'nothing is written before').toBe(true)
      written.push(grants.map(({ name, state, digest }) => `${name} ${state} ${digest === DIGEST_2}`))
    }
    const permissions = await broker.admit(required({ digest: DIGEST_2 }), { install, replaces: DIGEST_1 })

    expect(written).toEqual([['storage:read granted true', 'http:read granted true']])
    expect(permissions.query().map(({ state }) => state)).toEqual(['granted', 'granted'])
    expect(store.rows.size).toBe(1)
  })

  it('is written where nothing is asked, and not where the user said no', async () => {
    const { broker, dialogs } = openTab()
    let written = 0
    const install = async (): Promise<void> => void written++
    await broker.admit(subjectOf({ required: [], optional: [] }), { install })
    dialogs.automatic = ['deny', 'always']

    expect(await codeOf(broker.admit(required(), { install }))).toBe('permission-denied')
    expect(written).toBe(1)
  })

  it.each([[['always', 'deny']], [['deny', 'deny']], [['always']], ['yes'], [undefined], [['always', 'allow']]])(
    'records nothing when the answer is %j',
    async (answer) => {
      const { broker, dialogs, store } = openTab()
      dialogs.automatic = answer
      const installing = codeOf(broker.admit(required()))
      await settle()
      if (answer === undefined) dialogs.last.answer(undefined)

      expect(await installing).toBe('permission-denied')
      expect(store.rows.size).toBe(0)
    },
  )

  it('denies where the page has no prompt, and asks nothing where nothing is required', async () => {
    expect(await codeOf(openTab({ prompt: 'none' }).broker.admit(required()))).toBe('permission-denied')
    expect(await codeOf(openTab({ prompt: 'none' }).broker.admit(subjectOf()))).toBe('resolved')
  })

  it('leaves at `prompt` what was allowed once', async () => {
    const { broker, dialogs } = openTab()
    dialogs.automatic = ['once', 'once']
    const permissions = await broker.admit(required())

    expect(permissions.query().map(({ state }) => state)).toEqual(['prompt', 'prompt'])
  })

  it('asks nothing again for the same code, everything again for other code', async () => {
    const { broker, dialogs, store } = openTab()
    dialogs.automatic = ['always', 'always']
    await broker.admit(required())
    const later = openTab({ store })
    later.dialogs.automatic = ['deny', 'deny']
    await later.broker.admit(required())

    expect(later.dialogs.shown).toEqual([])
    expect(await codeOf(later.broker.admit(required({ digest: DIGEST_2 })))).toBe('permission-denied')
    expect(later.dialogs.shown).toHaveLength(1)
  })

  it('is withdrawn by its signal', async () => {
    const { broker, dialogs } = openTab()
    const controller = new AbortController()
    const installing = broker.admit(required(), { signal: controller.signal })
    await settle()
    controller.abort(new Error('changed my mind'))

    await expect(installing).rejects.toThrow('changed my mind')
    expect(dialogs.last.signal.aborted).toBe(true)
  })
})

describe('use', () => {
  it.each([
    ['once', 'prompt', 0],
    ['session', 'granted', 0],
    ['always', 'granted', 1],
  ] as const)('goes on when the user says %s, which leaves %s', async (decision, state, stored) => {
    const { broker, dialogs, store } = openTab()
    const permissions = await broker.open(subjectOf())
    dialogs.automatic = [decision]
    const authorization = await permissions.authorize('http:read', USE)

    expect(authorization.covers(USE)).toBe(true)
    expect(authorization.covers({ kind: 'http', origin: 'https://evil.test', method: 'GET', path: '/' })).toBe(false)
    expect(permissions.query()[0]?.state).toBe(state)
    expect(store.rows.size).toBe(stored)
  })

  it('remembers an explicit denial for this code, until the host asks again', async () => {
    const { broker, dialogs, store } = openTab()
    const permissions = await broker.open(subjectOf())
    dialogs.automatic = ['deny']

    expect(await codeOf(permissions.authorize('http:read', USE))).toBe('permission-denied')
    expect(await codeOf(permissions.authorize('http:read', USE))).toBe('permission-denied')
    expect(await permissions.request('http:read', { by: 'guest' })).toMatchObject([{ state: 'denied' }])
    expect(dialogs.shown).toHaveLength(1)
    expect((await openTab({ store }).broker.open(subjectOf())).query()[0]?.state).toBe('denied')
    expect((await openTab({ store }).broker.open(subjectOf({ digest: DIGEST_2 }))).query()[0]?.state).toBe('prompt')

    dialogs.automatic = ['session']
    expect(await permissions.request('http:read')).toMatchObject([{ state: 'granted' }])
    expect(await codeOf(permissions.authorize('http:read', USE))).toBe('resolved')
    expect(store.rows.size).toBe(0)
  })

  it.each([
    ['an unknown name', 'camera:read', USE, 'permission-unknown'],
    ['a name from the prototype', 'constructor', USE, 'permission-unknown'],
    ['a name that is not in the manifest', 'http:write', USE, 'permission-denied'],
    ['an origin that is not in the manifest', 'http:read', { kind: 'http', origin: 'https://evil.test', method: 'GET', path: '/' }, 'permission-denied'],
    ['a use of another kind', 'http:read', NOTE, 'permission-denied'],
  ] as const)('refuses %s without asking', async (_, name, use, code) => {
    const { broker, dialogs } = openTab()
    dialogs.automatic = ['always']
    const permissions = await broker.open(subjectOf())

    expect(await codeOf(permissions.authorize(name as PermissionName, use))).toBe(code)
    expect(dialogs.shown).toEqual([])
  })

  it('asks again when the manifest wants more than was granted', async () => {
    const { broker, dialogs, store } = openTab()
    dialogs.automatic = ['always']
    await (await broker.open(subjectOf())).request('http:read')
    const wider = { ...READ, scope: { origins: ['https://api.example.com', 'https://b.test'], redirects: false } }

    expect((await broker.open(subjectOf({ optional: [wider as typeof READ] }))).query()[0]?.state).toBe('prompt')
    expect(store.rows.size).toBe(1)
  })

  it.each([null, 1, {}, { state: 'granted' }])('takes a damaged record for none: %j', async (row) => {
    const store = new MemoryGrants()
    store.rows.set('com.acme.weather\nhttps://acme.example/x/\nhttp:read\nx', row)

    expect((await openTab({ store }).broker.open(subjectOf())).query()[0]?.state).toBe('prompt')
  })

  it('does not grant `always` when the store cannot keep it', async () => {
    const { broker, dialogs, store } = openTab()
    const permissions = await broker.open(subjectOf())
    dialogs.automatic = ['always']
    store.failure = new Error('disk full')

    await expect(permissions.authorize('http:read', USE)).rejects.toThrow('disk full')
    expect(permissions.query()[0]?.state).toBe('prompt')
  })
})

describe('revocation', () => {
  it('ends what is in flight and everything after it, until the host asks again', async () => {
    const { broker, dialogs, changes } = openTab()
    const permissions = await broker.open(subjectOf())
    dialogs.automatic = ['always']
    const authorization = await permissions.authorize('http:read', USE)
    await permissions.revoke('http:read')

    expect(authorization.signal.reason).toMatchObject({ code: 'permission-revoked' })
    expect(authorization.covers(USE)).toBe(false)
    expect(permissions.query()[0]?.state).toBe('denied')
    expect(await codeOf(permissions.authorize('http:read', USE))).toBe('permission-revoked')
    expect(await permissions.request('http:read', { by: 'guest' })).toMatchObject([{ state: 'denied' }])
    expect(dialogs.shown).toHaveLength(1)
    await permissions.request('http:read')
    expect(await codeOf(permissions.authorize('http:read', USE))).toBe('resolved')
    expect(changes).toEqual(['http:read granted', 'http:read denied', 'http:read granted'])
  })

  it('ends a call that was allowed once', async () => {
    const { broker, dialogs } = openTab()
    const permissions = await broker.open(subjectOf())
    dialogs.automatic = ['once']
    const authorization = await permissions.authorize('http:read', USE)
    await permissions.revoke('http:read')

    expect(authorization.signal.reason).toMatchObject({ code: 'permission-revoked' })
  })

  it.each(['session', 'always'] as const)('wins over a dialog that is open, even when %s is answered at the same moment', async (decision) => {
    const { broker, dialogs } = openTab()
    const permissions = await broker.open(subjectOf())
    const [using, requesting] = [codeOf(permissions.authorize('http:read', USE)), permissions.request(['http:read', 'storage:read'])]
    await settle()
    dialogs.last.answer([decision])
    const revoking = permissions.revoke('http:read')
    await settle()
    await revoking

    expect(dialogs.last.request.permissions).toHaveLength(1)
    expect(await using).toBe('permission-revoked')
    expect(await requesting).toMatchObject([{ state: 'denied' }, { state: 'prompt' }])
    expect(permissions.query()[0]?.state).toBe('denied')
  })

  it('holds in this page when the store cannot keep it', async () => {
    const { broker, dialogs, store } = openTab()
    const permissions = await broker.open(subjectOf())
    dialogs.automatic = ['always']
    await permissions.request('http:read')
    store.failure = new Error('disk full')

    await expect(permissions.revoke('http:read')).rejects.toThrow('disk full')
    expect(await codeOf(permissions.authorize('http:read', USE))).toBe('permission-revoked')
  })

  it('outlives the page', async () => {
    const { broker, store } = openTab()
    await (await broker.open(subjectOf())).revoke('http:read')

    expect(await codeOf((await openTab({ store }).broker.open(subjectOf())).authorize('http:read', USE))).toBe('permission-revoked')
  })
})

describe('other tabs', () => {
  it.each(['session', 'always'] as const)('lose a grant for %s when one revokes, calls in flight included', async (decision) => {
    const channels = new FakeChannels()
    const [store, clock] = [new MemoryGrants(), new FakeClock()]
    const here = openTab({ store, clock, channel: channels.open() })
    const there = openTab({ store, clock, channel: channels.open() })
    const [permissions, others] = [await here.broker.open(subjectOf()), await there.broker.open(subjectOf())]
    there.dialogs.automatic = [decision]
    const authorization = await others.authorize('http:read', USE)
    await settle()
    clock.pass(1)
    await permissions.revoke('http:read')
    await settle()

    expect(authorization.signal.reason).toMatchObject({ code: 'permission-revoked' })
    expect(await codeOf(others.authorize('http:read', USE))).toBe('permission-revoked')
    expect(there.changes.at(-1)).toBe('http:read denied')
  })

  it('learn of a grant', async () => {
    const channels = new FakeChannels()
    const store = new MemoryGrants()
    const here = openTab({ store, channel: channels.open() })
    const there = openTab({ store, channel: channels.open() })
    const [permissions, others] = [await here.broker.open(subjectOf()), await there.broker.open(subjectOf())]
    here.dialogs.automatic = ['always']
    await permissions.request('http:read')
    await settle()

    expect(others.query()[0]?.state).toBe('granted')
  })

  it.each([
    null,
    'x',
    {},
    { kind: 'grants' },
    { kind: 'grants', key: {} },
    { kind: 'grants', key: 'com.acme.weather\nhttps://acme.example/x/', state: 'granted' },
  ])('can only hint: %j grants nothing', async (message) => {
    const channels = new FakeChannels()
    const { broker } = openTab({ channel: channels.open() })
    const permissions = await broker.open(subjectOf())
    channels.open().postMessage(message)
    await settle()

    expect(permissions.query()[0]?.state).toBe('prompt')
  })

  it('hear of a revocation when the store has it, however long the log takes, and though this page goes meanwhile', async () => {
    const channels = new FakeChannels()
    const store = new MemoryGrants()
    const there = openTab({ store, channel: channels.open() })
    for (const end of ['log', 'dispose'] as const) {
      const here = openTab({ store, channel: channels.open(), ...(end === 'log' && { onDecision: () => new Promise(() => {}) }) })
      const [permissions, others] = [await here.broker.open(subjectOf()), await there.broker.open(subjectOf())]
      there.dialogs.automatic = ['always']
      await others.request('http:read')
      await settle()
      void permissions.revoke('http:read')
      await Promise.resolve() // the store is at it
      if (end === 'dispose') here.broker.dispose()
      await settle()

      expect([end, await codeOf(others.authorize('http:read', USE))]).toEqual([end, 'permission-revoked'])
    }
  })

  it.each(['closed', 'lost'])('are heard of after ten seconds where the word is lost with its tab (%s)', async (how) => {
    const [store, clock] = [new MemoryGrants(), new FakeClock()]
    const postMessage = (): void => {
      if (how === 'closed') throw new DOMException('closed', 'InvalidStateError')
    }
    const silent = (): GrantChannel => ({ postMessage, addEventListener: () => {}, removeEventListener: () => {} })
    const [here, there] = [openTab({ store, clock, channel: silent() }), openTab({ store, clock, channel: silent() })]
    there.dialogs.automatic = ['always']
    const others = await there.broker.open(subjectOf())
    await others.authorize('http:read', USE)
    clock.pass(100)
    const permissions = await here.broker.open(subjectOf())
    expect(await codeOf(permissions.revoke('http:read'))).toBe('resolved')

    expect(await codeOf(others.authorize('http:read', USE))).toBe('resolved')
    clock.pass(10_000)
    expect(await codeOf(others.authorize('http:read', USE))).toBe('permission-revoked')
  })

  it.each(['knows', 'does not know'])('are heard of also where the clock was set back meanwhile, by a tab that %s what it revokes', async (knows) => {
    const [store, clock] = [new MemoryGrants(), new FakeClock()]
    const [here, there] = [openTab({ store, clock }), openTab({ store, clock })]
    there.dialogs.automatic = ['always']
    const [permissions, others] = [await here.broker.open(subjectOf()), await there.broker.open(subjectOf())]
    await others.authorize('http:read', USE)
    if (knows === 'knows') await permissions.reload()
    clock.ms -= 3_600_000
    await permissions.revoke('http:read')

    expect(await codeOf(others.authorize('http:read', USE))).toBe('permission-revoked')
  })

  it('are heard of by reading again after half a second where there is no channel', async () => {
    const [store, clock] = [new MemoryGrants(), new FakeClock()]
    const here = openTab({ store, clock })
    const there = openTab({ store, clock })
    const [permissions, others] = [await here.broker.open(subjectOf()), await there.broker.open(subjectOf())]
    there.dialogs.automatic = ['always']
    await others.authorize('http:read', USE)
    clock.pass(100)
    await permissions.revoke('http:read')
    const before = store.reads

    expect(await codeOf(others.authorize('http:read', USE))).toBe('resolved')
    expect(store.reads).toBe(before)
    clock.pass(500)
    expect(await codeOf(others.authorize('http:read', USE))).toBe('permission-revoked')
  })
})

describe('an uninstall in another tab', () => {
  const two = (withChannel: boolean) => {
    const channels = new FakeChannels()
    const [store, clock] = [new MemoryGrants(), new FakeClock()]
    const open = (): ReturnType<typeof openTab> => openTab({ store, clock, ...(withChannel && { channel: channels.open() }) })
    return { store, clock, here: open(), there: open() }
  }
  const KEY = 'com.acme.weather\nhttps://acme.example/x/'

  it('ends what runs here at once, and what it says it was', async () => {
    const { here, there, store } = two(true)
    there.dialogs.automatic = ['session']
    const others = await there.broker.open(subjectOf())
    const authorization = await others.authorize('http:read', USE)
    const { key } = others
    await here.broker.forget(key, () => store.uninstall(key))
    await settle()

    expect(authorization.signal.reason).toMatchObject({ code: 'disposed' })
    expect(there.uninstalled).toEqual([`${KEY}: The extension was uninstalled in another tab.`])
    expect(await codeOf(others.authorize('http:read', USE))).toBe('disposed')
    expect(here.uninstalled).toEqual([])
  })

  it('is told of though this page goes before it is done', async () => {
    const { here, there, store } = two(true)
    there.dialogs.automatic = ['session']
    const others = await there.broker.open(subjectOf())
    const authorization = await others.authorize('http:read', USE)
    const forgetting = here.broker.forget(others.key, () => store.uninstall(others.key))
    here.broker.dispose()
    await forgetting
    await settle()

    expect(authorization.signal.reason).toMatchObject({ code: 'disposed' })
    expect(there.uninstalled).toHaveLength(1)
  })

  it.each([true, false])('leaves no way for a decision that comes late to reach whoever comes next, with a channel or without: %s', async (withChannel) => {
    const { here, there, store } = two(withChannel)
    const others = await there.broker.open(subjectOf())
    const [asking, narrowing] = [codeOf(others.authorize('http:read', USE)), await there.broker.open(subjectOf())]
    await settle()
    await here.broker.forget(others.key, () => store.uninstall(others.key))
    there.dialogs.last.answer(['always'])
    await settle()

    expect(await asking).toBe('disposed')
    expect([store.rows.size, there.uninstalled.length > 0]).toEqual([0, true])
    expect(await codeOf(narrowing.revoke('http:read'))).toBe(withChannel ? 'disposed' : 'not-installed')
    expect(await codeOf(narrowing.authorize('http:read', USE))).toBe('disposed')
    expect(store.rows.size).toBe(0)
    expect((await here.broker.open(subjectOf({ generation: 1 }))).query()[0]?.state).toBe('prompt')
  })

  it('is found out at the next use that reads again, where there is no channel', async () => {
    const { here, there, store, clock } = two(false)
    there.dialogs.automatic = ['always']
    const others = await there.broker.open(subjectOf())
    const authorization = await others.authorize('http:read', USE)
    await here.broker.forget(others.key, () => store.uninstall(others.key))
    clock.pass(501)

    expect(await codeOf(others.authorize('http:read', USE))).toBe('disposed')
    expect(authorization.signal.aborted).toBe(true)
    expect(there.uninstalled).toHaveLength(1)
  })

  it('ends an installation that began before it, and one that is opened with what was read before it', async () => {
    const { here, there, store } = two(true)
    const installing = codeOf(there.broker.admit(required()))
    await settle()
    const { key } = await here.broker.open(subjectOf())
    await here.broker.forget(key, () => store.uninstall(key))
    await settle()

    expect(await installing).toBe('disposed')
    expect(there.dialogs.last.signal.aborted).toBe(true)
    expect([await codeOf(there.broker.open(subjectOf())), await codeOf(there.broker.admit(required()))]).toEqual(['disposed', 'disposed'])
    there.dialogs.automatic = ['always', 'always']
    expect(await codeOf(there.broker.admit(required({ generation: 1 })))).toBe('resolved')
  })
})

describe('code that somebody else installed', () => {
  const opened = async (store: MemoryGrants, changes = {}, options = {}, replaced = DIGEST_1): Promise<readonly (readonly [string, string])[]> => {
    const permissions = await openTab({ store, ...options }).broker.open(subjectOf({ digest: DIGEST_2, ...changes }), replaced)
    return permissions.query().map(({ name, state }) => [name, state] as const)
  }
  const granted = async (answers: readonly unknown[]): Promise<MemoryGrants> => {
    const { broker, dialogs, store } = openTab()
    dialogs.automatic = answers
    await (await broker.open(subjectOf())).request(['http:read', 'storage:read'])
    return store
  }
  const wider = { ...READ, scope: { origins: ['https://api.example.com', 'https://other.example'], redirects: false } }

  it('has what was granted to the code that it replaced, and keeps it; what was denied, or what it asks for more, is asked', async () => {
    const store = await granted(['always', 'deny'])
    expect(await opened(store)).toEqual([['http:read', 'granted'], ['storage:read', 'prompt']])
    expect([...store.rows.keys()].filter((slot) => slot.endsWith(DIGEST_2)).map((slot) => slot.split('\n')[2])).toEqual(['http:read'])
    expect(await opened(await granted(['always', 'always']), { optional: [wider, STORE] })).toEqual([['http:read', 'prompt'], ['storage:read', 'granted']])
  })

  it('has nothing of it where the policy asks for new code, where it is anybody\'s, or where something was decided about this code', async () => {
    const [asked, local] = [[['http:read', 'prompt'], ['storage:read', 'prompt']], { identity: { id: 'com.acme.weather', origin: 'local' } }]
    expect(await opened(await granted(['always', 'always']), {}, { policy: { newCode: 'ask' } })).toEqual(asked)
    expect(await opened(await granted(['always', 'always']), local)).toEqual(asked)
    const store = await granted(['always', 'always'])
    const { broker, dialogs } = openTab({ store })
    dialogs.automatic = ['deny']
    await (await broker.open(subjectOf({ digest: DIGEST_2 }))).request('storage:read')
    expect(await opened(store)).toEqual([['http:read', 'prompt'], ['storage:read', 'denied']])
  })

  it('has it in this page where the store cannot keep it, and never after an uninstall', async () => {
    const store = await granted(['always', 'always'])
    const { put } = store
    store.put = () => Promise.reject(new Error('full'))
    expect(await opened(store)).toEqual([['http:read', 'granted'], ['storage:read', 'granted']])
    store.put = put
    store.generations.set(extensionKey(subjectOf().identity), 1)
    await expect(opened(store)).rejects.toMatchObject({ code: 'disposed' })
  })
})

describe('an update in flight', () => {
  it("gives the new code nothing of the old code's grant, whatever is answered late", async () => {
    const { broker, dialogs } = openTab()
    const old = await broker.open(subjectOf())
    const using = codeOf(old.authorize('http:read', USE))
    await settle()
    const next = await broker.open(subjectOf({ digest: DIGEST_2 }))
    broker.close(old)
    dialogs.last.answer(['always'])
    await settle()

    expect(await using).toBe('disposed')
    expect(dialogs.last.signal.aborted).toBe(true)
    expect(next.query()[0]?.state).toBe('prompt')
  })

  it('leaves to the old code what it was granted, as long as it runs', async () => {
    const { broker, dialogs } = openTab()
    dialogs.automatic = ['always']
    const old = await broker.open(subjectOf())
    const authorization = await old.authorize('http:read', USE)
    await (await broker.open(subjectOf({ digest: DIGEST_2 }))).authorize('http:read', USE)
    await settle()

    expect(authorization.signal.aborted).toBe(false)
    expect(old.query()[0]?.state).toBe('granted')
  })

  it('ends what the old code does when it is revoked for the new', async () => {
    const { broker, dialogs, clock } = openTab()
    dialogs.automatic = ['session']
    const old = await broker.open(subjectOf())
    const authorization = await old.authorize('http:read', USE)
    clock.pass(1)
    await (await broker.open(subjectOf({ digest: DIGEST_2 }))).revoke('http:read')
    await settle()

    expect(authorization.signal.reason).toMatchObject({ code: 'permission-revoked' })
    expect(old.query()[0]?.state).toBe('prompt')
  })
})

describe('the end', () => {
  it('settles everything that waits when the box is disposed', async () => {
    const { broker, dialogs, clock, opened } = openTab()
    const permissions = await broker.open(subjectOf())
    const waiting = [codeOf(permissions.authorize('http:read', USE)), codeOf(permissions.request('storage:read')), codeOf(broker.admit(required()))]
    await settle()
    broker.dispose()
    broker.dispose()

    expect(await Promise.all(waiting)).toEqual(['disposed', 'disposed', 'disposed'])
    expect(dialogs.shown.map(({ signal }) => signal.aborted)).toEqual([true])
    expect(clock.pending).toBe(0)
    expect(opened).toEqual(['open', 'close'])
    expect(await codeOf(broker.open(subjectOf()))).toBe('disposed')
    expect(await codeOf(permissions.authorize('http:read', USE))).toBe('disposed')
  })

  it('forgets an extension that is uninstalled', async () => {
    const { broker, dialogs, store } = openTab()
    dialogs.automatic = ['always']
    const permissions = await broker.open(subjectOf())
    const authorization = await permissions.authorize('http:read', USE)
    await broker.forget(permissions.key, () => store.uninstall(permissions.key))

    expect(store.rows.size).toBe(0)
    expect(authorization.signal.reason).toMatchObject({ code: 'disposed' })
  })
})
