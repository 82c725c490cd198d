import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { firstLine, Launch } from '../../engines/launch.ts'

/** A zombie counts as gone: it waits for its new parent to notice. */
const isAlive = (pid: number): boolean => {
  const status = `/proc/${pid}/status`
  if (existsSync('/proc/self/status')) return existsSync(status) && !/^State:\s+Z/m.test(readFileSync(status, 'utf8'))
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** A program that starts a child of its own, prints the child's id and then waits. */
const PARENT = ['-c', 'sleep 1000 & echo "child $!"; wait']

test('a launch that fails half-way ends every process, removes the profile and says what was tried', async () => {
  let pids: number[] = []
  let profile = ''

  const launching = Launch.run('Browser', async (launch) => {
    profile = await launch.profile('sample')
    const child = launch.program('/bin/sh', PARENT)
    pids = [child.pid ?? 0, Number(await launch.step('wait for its child', firstLine(child, /child (\d+)/)))]
    await launch.step('open a session', Promise.reject(new Error('no such capability')))
  })

  await expect(launching).rejects.toThrow(/Browser did not start.*no such capability[^]*run \/bin\/sh[^]*wait for its child[^]*open a session/)
  await expect.poll(() => pids.filter(isAlive)).toEqual([])
  expect(existsSync(profile)).toBe(false)
})

test.each([
  ['that is not there', '/nonexistent/browser', [], /ENOENT/],
  ['that ends at once', '/bin/sh', ['-c', 'echo "no display"; exit 3'], /ended \(3\)[^]*no display/],
])('a program %s fails the launch with its reason', async (_name, path, args, reason) => {
  const launching = Launch.run('Browser', async (launch) => {
    const child = launch.program(path, args)
    await launch.step('wait for its socket', firstLine(child, /listening on (\S+)/))
  })

  await expect(launching).rejects.toThrow(reason)
})

test('closing goes on after a step that cannot be undone, last step first', async () => {
  const undone: string[] = []
  const launch = await Launch.run('Browser', async (started) => {
    started.onClose(() => { undone.push('profile') })
    started.onClose(() => { throw new Error('busy') })
    started.onClose(() => { undone.push('session') })
    return started
  })

  await launch.close()
  await launch.close()

  expect(undone).toEqual(['session', 'profile'])
})
