/** Directories that outlive instances, for core modules; components are in component-services.test.ts. */
import type { Extension } from 'glovebox'
import { describe, expect, test } from 'vitest'
import { answering, codeOf, failure, limitsOf, openBox } from './box-harness.ts'
import { installCore } from './core-harness.ts'

const directory = (name: string): unknown => ({ name, scope: { directories: ['/data'] }, reason: 'to test' })
const BOTH = [directory('file:read'), directory('file:write')]

/** Makes the directory `n` in the second preopen, after `/`; exits with the error number. @param after  what follows */
const MAKE = (after: string): string => `(module
  (import "wasi_snapshot_preview1" "path_create_directory" (func $make (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "n")
  (func $work (result i32) (local i32) (local.set 0 (call $make (i32.const 4) (i32.const 0) (i32.const 1))) ${after} (local.get 0))
  (func (export "_start") (call $exit (call $work))))`
const EXIST = 20
const BAD_DESCRIPTOR = 8
const READ_ONLY = 69

describe('a command', () => {
  test('finds what an earlier instance left, and nothing of `/`', async () => {
    const extension = await installCore(MAKE(''), { core: { abi: 'wasi' }, manifest: { permissions: BOTH } })

    expect((await extension.run()).exitCode).toBe(0)
    await extension.stop()
    expect((await extension.run()).exitCode).toBe(EXIST)
  })

  test('that traps leaves the directory as it was', async () => {
    const extension = await installCore(MAKE('(if (i32.eqz (local.get 0)) (then unreachable))'), { core: { abi: 'wasi' }, manifest: { permissions: BOTH } })

    expect(await codeOf(extension.run())).toBe('crashed')
    expect(await codeOf(extension.run())).toBe('crashed')
  })

  test('has no directory that the user denies, and cannot write without the permission', async () => {
    const [reading] = BOTH
    const readOnly = await installCore(MAKE(''), { core: { abi: 'wasi' }, manifest: { permissions: [reading] } })
    const none = await installCore(MAKE(''), { core: { abi: 'wasi' } })

    expect((await readOnly.run()).exitCode).toBe(READ_ONLY)
    expect((await none.run()).exitCode).toBe(BAD_DESCRIPTOR)
  })

  test.each(['once', 'session'] as const)('asks once for all the directories that it starts with, also where the answer is "%s"', async (decision) => {
    const { prompt, requests } = answering(decision)
    const scope = { directories: ['/data', '/more', '/most'] }
    const optionalPermissions = [{ name: 'file:read', scope, reason: 'to test' }]
    const extension = await installCore(MAKE('').replace('(i32.const 4)', '(i32.const 6)'), { core: { abi: 'wasi' }, manifest: { optionalPermissions } }, await openBox({ prompt }))

    expect((await extension.run()).exitCode, 'the last of them').toBe(READ_ONLY)
    expect(requests.map(({ permissions }) => permissions)).toMatchObject([[{ name: 'file:read', scope }]])
  })

  test('keeps nothing of a directory that it has loaded when the permission to read is revoked', async () => {
    const box = await openBox()
    const extension = await installCore(MAKE(''), { core: { abi: 'wasi' }, manifest: { permissions: BOTH } }, box)
    expect((await extension.run()).exitCode).toBe(0)
    expect((await extension.run()).exitCode, 'in the same instance').toBe(EXIST)

    await extension.permissions.revoke('file:read')

    expect(extension.state).toBe('stopped')
    expect((await extension.run()).exitCode).toBe(BAD_DESCRIPTOR)
    const { rows } = await box.audit.query({ kind: 'kill' })
    expect(rows).toMatchObject([{ extension: extension.id, outcome: 'permission-revoked' }])
  })

  test('that outgrows the quota is told so, the app too, and the log; the directory is as it was', async () => {
    const box = await openBox()
    const extension = await installCore(MAKE(''), { core: { abi: 'wasi' }, manifest: { permissions: BOTH, limits: { fileBytes: 10 } } }, box)
    const told = limitsOf(box)

    // Were it stored, the second run would find it.
    for (const _ of [1, 2]) await expect(extension.run()).rejects.toMatchObject({ code: 'thrown', guestCode: 'quota-exceeded' })
    expect(told[0]).toMatchObject({ extension: extension.id, code: 'quota-exceeded', limit: 'fileBytes' })
    const { rows } = await box.audit.query({ kind: 'limit' })
    expect(rows[0]).toMatchObject({ extension: extension.id, outcome: 'quota-exceeded' })
  })

  test('loses what it wrote when the permission is revoked in mid-run, and is told so', async () => {
    const extension = await installCore(MAKE(''), { core: { abi: 'wasi' }, manifest: { permissions: BOTH } })
    await extension.start()
    const run = failure(extension.run())
    await extension.permissions.revoke('file:write')

    expect(await run).toMatchObject({ code: 'thrown', guestCode: 'permission-revoked' })
    await expect(extension.run(), 'it was not stored').rejects.toMatchObject({ guestCode: 'permission-revoked' })
  })
})

describe('a module that is called', () => {
  const CALLED = '(module (memory (export "memory") 1) (func (export "one") (result i32) (i32.const 1)))'

  test.each([
    ['revoked', (extension: Extension) => extension.permissions.revoke('file:read')],
    ['narrowed', (extension: Extension) => extension.permissions.narrow('file:read', { directories: ['/logs'] })],
  ] as const)('ends with "permission-revoked" when the permission to read what it has loaded is %s; the next instance works', async (_, end) => {
    const permissions = [{ name: 'file:read', scope: { directories: ['/data', '/logs'] }, reason: 'to test' }]
    const extension = await installCore(CALLED, { core: { abi: 'wasi' }, manifest: { permissions } })
    expect(await extension.call('one')).toBe(1)
    const call = codeOf(extension.call('one'))
    await end(extension)

    expect(await call).toBe('permission-revoked')
    expect(await extension.call('one')).toBe(1)
  })

  test('goes on where it has loaded nothing', async () => {
    const optionalPermissions = [{ name: 'file:read', scope: { directories: ['/data'] }, reason: 'to test' }]
    const extension = await installCore(CALLED, { core: { abi: 'wasi' }, manifest: { optionalPermissions }, options: { prompt: answering('deny').prompt } })
    await extension.start()
    const call = extension.call('one')
    await extension.permissions.revoke('file:read')

    expect([await call, extension.state]).toEqual([1, 'running'])
  })
})
