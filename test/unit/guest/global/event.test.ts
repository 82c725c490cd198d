import { expect, test } from 'vitest'
import { createHarness } from './harness.ts'

function setup(): { target: EventTarget; Event: typeof Event; AbortController: typeof AbortController; reported: unknown[] } {
  const { globals, reported } = createHarness()
  return { target: new globals['EventTarget'](), Event: globals['Event'], AbortController: globals['AbortController'], reported }
}

test('calls functions and handleEvent objects with the right this', () => {
  const { target, Event } = setup()
  const seen: unknown[] = []
  const listener = {
    handleEvent(event: Event) {
      seen.push(this === listener, event.target === target)
    },
  }

  target.addEventListener('x', function (this: unknown, event) {
    seen.push(this === target, event.currentTarget === target, event.eventPhase)
  })
  target.addEventListener('x', listener)
  const event = new Event('x')
  target.dispatchEvent(event)

  expect(seen).toEqual([true, true, 2, true, true])
  expect([event.currentTarget, event.eventPhase, event.target]).toEqual([null, 0, target])
})

test('tells listeners apart by type, callback and capture only', () => {
  const { target, Event } = setup()
  const ran: number[] = []
  const listener = (): void => void ran.push(1)

  target.addEventListener('x', listener)
  target.addEventListener('x', listener, { once: true, passive: true })
  target.addEventListener('x', listener, true)
  target.dispatchEvent(new Event('x'))
  target.removeEventListener('x', listener)
  target.dispatchEvent(new Event('x'))
  target.removeEventListener('x', listener, { capture: true })
  target.dispatchEvent(new Event('x'))

  expect(ran.length).toBe(3)
})

test('runs capturing listeners first, `once` once, added ones next time, removed ones not', () => {
  const { target, Event } = setup()
  const ran: string[] = []
  const removed = (): void => void ran.push('removed')

  target.addEventListener(
    'x',
    () => {
      ran.push('a')
      target.removeEventListener('x', removed)
      target.addEventListener('x', () => ran.push('late'))
    },
    { once: true },
  )
  target.addEventListener('x', removed)
  target.addEventListener('x', () => ran.push('capture'), true)
  target.dispatchEvent(new Event('x'))
  target.dispatchEvent(new Event('x'))

  expect(ran).toEqual(['capture', 'a', 'capture', 'late'])
})

test('stops, cancels and reports', () => {
  const { target, Event, reported } = setup()
  const ran: string[] = []
  const error = new Error('x')

  target.addEventListener(
    'x',
    (event) => {
      event.preventDefault()
    },
    { passive: true },
  )
  target.addEventListener('x', () => {
    throw error
  })
  target.addEventListener('x', { handleEvent: 1 } as unknown as EventListenerObject)
  target.addEventListener('x', (event) => {
    ran.push('last')
    event.stopImmediatePropagation()
  })
  target.addEventListener('x', () => ran.push('never'))
  const passive = target.dispatchEvent(new Event('x', { cancelable: true }))
  target.addEventListener('y', (event) => event.preventDefault())

  expect([passive, target.dispatchEvent(new Event('y', { cancelable: true })), target.dispatchEvent(new Event('y'))]).toEqual([true, false, true])
  expect(ran).toEqual(['last'])
  expect(reported).toEqual([error, expect.any(TypeError)])
})

test('removes listeners by signal and ignores aborted ones', () => {
  const { target, Event, AbortController } = setup()
  const ran: number[] = []
  const controller = new AbortController()

  target.addEventListener('x', () => ran.push(1), { signal: controller.signal })
  target.dispatchEvent(new Event('x'))
  controller.abort()
  target.addEventListener('x', () => ran.push(2), { signal: controller.signal })
  target.dispatchEvent(new Event('x'))

  expect(ran).toEqual([1])
  expect(() => target.addEventListener('x', () => undefined, { signal: {} as AbortSignal })).toThrow(TypeError)
})

test('refuses nested dispatch of one event and things that are no events', () => {
  const { target, Event } = setup()
  const names: string[] = []
  target.addEventListener('x', (event) => {
    try {
      target.dispatchEvent(event)
    } catch (error) {
      names.push((error as Error).name)
    }
  })

  target.dispatchEvent(new Event('x'))

  expect(names).toEqual(['InvalidStateError'])
  expect(() => target.dispatchEvent({} as Event)).toThrow(TypeError)
  expect(() => new (Event as unknown as new () => Event)()).toThrow(TypeError)
})

test('looks like WebIDL', () => {
  const { target, Event } = setup()

  expect(String(target)).toBe('[object EventTarget]')
  expect([Event.AT_TARGET, Event.prototype.BUBBLING_PHASE, Event.name]).toEqual([2, 3, 'Event'])
  expect(Object.keys(Event.prototype)).toContain('preventDefault')
})
