import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { PromptPause } from '../../../src/host/extension/prompt-pause.ts'
import { Deadline } from '../../../src/host/instance/deadline.ts'

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

function openPause(): { readonly pause: PromptPause; readonly isOver: () => boolean } {
  let isOver = false
  const deadline = new Deadline(1_000, () => { isOver = true })
  return { pause: new PromptPause(new Set([deadline]), () => []), isOver: () => isOver }
}

it('lasts until the last of several has closed: a prompt, say, while the browser\'s own chooser is open', async () => {
  const { pause, isOver } = openPause()
  pause.open()
  pause.open()
  pause.close()
  await vi.advanceTimersByTimeAsync(5_000)
  expect(isOver()).toBe(false)

  pause.close()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(isOver()).toBe(true)
})

it('ends with its extension, whatever closes later, and leaves no timer', async () => {
  const { pause, isOver } = openPause()
  pause.open()
  pause.dispose()
  pause.open()
  pause.close()
  await vi.advanceTimersByTimeAsync(1_000)

  expect([isOver(), vi.getTimerCount()]).toEqual([true, 0])
})

it('is not owed one by a close that comes without its open', async () => {
  const { pause, isOver } = openPause()
  pause.close()
  pause.open()
  await vi.advanceTimersByTimeAsync(5_000)

  expect(isOver()).toBe(false)
  pause.dispose()
})
