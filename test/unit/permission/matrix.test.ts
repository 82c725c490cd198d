/** Every permission in every situation, against the broker. What each capability makes of it is tried in `test/conformance/permissions.ts`. */
import { describe, expect, it } from 'vitest'
import { PERMISSION_NAMES } from '../../../src/manifest/permission.ts'
import { codeOf, openTab, subjectOf } from './harness.ts'
import { permissionOf, USES } from './uses.ts'

describe.each(PERMISSION_NAMES.map((name) => ({ name, permission: permissionOf(name), ...USES[name] })))('$name', ({ name, permission, right, wrong }) => {
  const subject = subjectOf({ optional: [permission] })

  it('is refused without a grant, and where it is not in the manifest', async () => {
    const { broker, dialogs } = openTab({ prompt: 'none' })

    expect(await codeOf((await broker.open(subject)).authorize(name, right))).toBe('permission-denied')
    expect(await codeOf((await broker.open(subjectOf({ optional: [] }))).authorize(name, right))).toBe('permission-denied')
    expect(dialogs.shown).toEqual([])
  })

  it.skipIf(wrong === undefined)('is refused outside its scope, without asking', async () => {
    const { broker, dialogs } = openTab()
    dialogs.automatic = ['always']
    const permissions = await broker.open(subject)
    const authorization = await permissions.authorize(name, right)

    expect(wrong && [await codeOf(permissions.authorize(name, wrong)), authorization.covers(wrong)]).toEqual(['permission-denied', false])
    expect(dialogs.shown).toHaveLength(1)
  })

  it('is given inside its scope, and for no other kind of use', async () => {
    const { broker, dialogs } = openTab()
    dialogs.automatic = ['always']
    const permissions = await broker.open(subject)
    const authorization = await permissions.authorize(name, right)
    const others = PERMISSION_NAMES.map((other) => USES[other].right).filter(({ kind }) => kind !== right.kind)

    expect(authorization.covers(right)).toBe(true)
    expect(others.filter((use) => authorization.covers(use))).toEqual([])
  })

  it('ends with its time', async () => {
    const { broker, dialogs, clock } = openTab()
    dialogs.automatic = [{ decision: 'until', until: new Date(clock.ms + 1_000) }]
    const permissions = await broker.open(subject)
    const authorization = await permissions.authorize(name, right)
    dialogs.automatic = ['deny']
    clock.pass(1_000)

    expect([authorization.signal.reason?.code, authorization.covers(right)]).toEqual(['permission-revoked', false])
    expect(await codeOf(permissions.authorize(name, right))).toBe('permission-denied')
  })

  it('ends in flight when it is revoked', async () => {
    const { broker, dialogs } = openTab()
    dialogs.automatic = ['always']
    const permissions = await broker.open(subject)
    const authorization = await permissions.authorize(name, right)
    await permissions.revoke(name)

    expect([authorization.signal.reason?.code, authorization.covers(right)]).toEqual(['permission-revoked', false])
    expect(await codeOf(permissions.authorize(name, right))).toBe('permission-revoked')
  })

  it('is refused without asking where the policy forbids it, whatever was granted before', async () => {
    const { broker, dialogs, store } = openTab()
    dialogs.automatic = ['always']
    await (await broker.open(subject)).authorize(name, right)
    const strict = openTab({ store, policy: { rules: [{ effect: 'forbid', permissions: [name] }, { effect: 'grant', permissions: [permission], origins: [subject.identity.origin] }] } })
    const permissions = await strict.broker.open(subject)

    expect(await codeOf(permissions.authorize(name, right))).toBe('permission-denied')
    expect(await codeOf(permissions.request(name))).toBe('permission-denied')
    expect(await codeOf(strict.broker.admit(subjectOf({ required: [permission], optional: [] })))).toBe('permission-denied')
    expect([permissions.query()[0]?.state, permissions.grants(), strict.dialogs.shown]).toEqual(['denied', [], []])
  })
})
