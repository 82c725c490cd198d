/** Which of what happens in a page counts as the user's doing, how long, and how often. */
import { describe, expect, it } from 'vitest'
import { GestureWatch, GESTURE_MS } from '../../../src/host/gesture.ts'

function setUp() {
  const listeners = new Map<string, (event: Event) => void>()
  const state = { now: 1_000, isActive: false }
  const target = {
    addEventListener: (type: string, listener: unknown) => void listeners.set(type, listener as never),
    removeEventListener: (type: string) => void listeners.delete(type),
  }
  const watch = new GestureWatch({ target, now: () => state.now, isActive: () => state.isActive })
  const happen = (type: string, fields: object = {}): void => listeners.get(type)?.({ type, isTrusted: true, ...fields } as never)
  const press = (): void => happen('pointerdown', { pointerType: 'mouse' })
  return { watch, state, listeners, happen, press }
}

describe('a gesture', () => {
  it.each<[string, object, boolean]>([
    ['pointerdown', { pointerType: 'mouse' }, true],
    ['pointerup', { pointerType: 'touch' }, true],
    ['pointerup', { pointerType: 'pen' }, true],
    ['keydown', { key: 'Enter' }, true],
    ['pointerup', { pointerType: 'mouse' }, false],
    ['pointerdown', { pointerType: 'touch' }, false],
    ['keydown', { key: 'Escape' }, false],
    ['keydown', { key: 'a', repeat: true }, false],
    ['pointerdown', { pointerType: 'mouse', isTrusted: false }, false],
  ])('is %s %j: %s', (type, fields, expected) => {
    const { watch, happen } = setUp()
    happen(type, fields)

    expect(watch.latest() !== undefined).toBe(expected)
  })

  it('lends each power once, whoever asks, and the next one lends them again', () => {
    const { watch, press } = setUp()
    press()
    expect([watch.latest()?.take('request'), watch.latest()?.take('request'), watch.latest()?.take('chooser')]).toEqual([true, false, true])
    press()

    expect(watch.latest()?.take('request')).toBe(true)
  })

  it('is good for some seconds', () => {
    const { watch, state, press } = setUp()
    press()
    state.now += GESTURE_MS - 1
    expect(watch.latest()).toBeDefined()
    state.now += 1

    expect(watch.latest()).toBeUndefined()
  })

  it('that answers a question lends nothing; one before it does', () => {
    const { watch, press } = setUp()
    press()
    const asked = watch.latest()
    press()
    watch.spendSince(asked)
    expect([watch.latest()?.take('request'), asked?.take('request')]).toEqual([false, true])
    press()
    const kept = watch.latest()
    watch.spendSince(kept)

    expect(kept?.take('request')).toBe(true)
  })
})

describe('what only the engine tells of', () => {
  it('is one gesture as long as the user stays active, however long the engine counts', () => {
    const { watch, state } = setUp()
    state.isActive = true
    expect([watch.latest()?.take('request'), watch.latest()?.take('request')]).toEqual([true, false])
    state.now += GESTURE_MS - 1
    expect(watch.latest()?.take('request')).toBe(false)
    state.isActive = false
    watch.latest()
    state.isActive = true

    expect(watch.latest()?.take('request')).toBe(true)
  })

  it('is not the gesture once more that was heard', () => {
    const { watch, state, press } = setUp()
    watch.latest()
    state.isActive = true
    press()

    expect([watch.latest()?.take('request'), watch.latest()?.take('request')]).toEqual([true, false])
  })
})

it('hears nothing any more once it is disposed', () => {
  const { watch, listeners, press } = setUp()
  watch.dispose()
  press()

  expect([listeners.size, watch.latest()]).toEqual([0, undefined])
})
