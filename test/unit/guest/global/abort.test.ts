import { expect, test, vi } from 'vitest'

vi.useFakeTimers()
const { createHarness } = await import('./harness.ts')

function setup(): { Signal: typeof AbortSignal; Controller: typeof AbortController; DOMException: typeof DOMException } {
  const { globals } = createHarness()
  return { Signal: globals['AbortSignal'], Controller: globals['AbortController'], DOMException: globals['DOMException'] }
}

test('aborts once, with the reason given or an AbortError', () => {
  const { Controller, DOMException } = setup()
  const controller = new Controller()
  const events: unknown[] = []
  controller.signal.onabort = (event) => events.push(event.type, event.target === controller.signal)

  controller.signal.throwIfAborted()
  controller.abort()
  controller.abort('again')

  expect(events).toEqual(['abort', true])
  expect(controller.signal.reason).toBeInstanceOf(DOMException)
  expect(controller.signal.reason).toMatchObject({ name: 'AbortError', code: 20 })
  expect(() => controller.signal.throwIfAborted()).toThrow(controller.signal.reason)
})

test('makes aborted signals and refuses construction', () => {
  const { Signal } = setup()

  expect([Signal.abort('why').reason, Signal.abort().aborted]).toEqual(['why', true])
  expect(() => new Signal()).toThrow(TypeError)
})

test('times out with a TimeoutError', () => {
  const { Signal } = setup()
  const signal = Signal.timeout(10)

  vi.advanceTimersByTime(9)
  const early = signal.aborted
  vi.advanceTimersByTime(1)

  expect([early, signal.aborted, signal.reason.name]).toEqual([false, true, 'TimeoutError'])
  expect(() => Signal.timeout(-1)).toThrow(TypeError)
})

test('any aborts with the first source; all dependents have their reason before any listener runs', () => {
  const { Signal, Controller } = setup()
  const first = new Controller()
  const second = new Controller()
  const outer = Signal.any([Signal.any([first.signal]), second.signal])
  const seen: unknown[] = []
  first.signal.addEventListener('abort', () => seen.push(outer.reason))
  outer.addEventListener('abort', () => seen.push('outer'))

  first.abort('one')
  second.abort('two')

  expect(seen).toEqual(['one', 'outer'])
  expect(Signal.any([second.signal, first.signal]).reason).toBe('two')
  expect(Signal.any([]).aborted).toBe(false)
  expect(() => Signal.any([{} as AbortSignal])).toThrow(TypeError)
})
