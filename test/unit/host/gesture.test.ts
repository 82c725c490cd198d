/** Which of what happens in a page counts as the user's doing, how long, how often, and for whom. */
import { describe, expect, it } from 'vitest'
import type { ExtensionKey } from '../../../src/manifest/identity.ts'
import { extensionKey } from '../../../src/manifest/identity.ts'
import { type Gesture, GESTURE_MS, GestureWatch, HEAD_START_MS, SETTLE_MS } from '../../../src/host/broker/gesture.ts'

const [ONE, OTHER] = ['one', 'other'].map((id) => extensionKey({ id, origin: 'local' })) as [ExtensionKey, ExtensionKey]

function setUp() {
  const listeners = new Map<string, (event: Event) => void>()
  const state = { now: 1_000, isActive: false }
  const target = {
    addEventListener: (type: string, listener: unknown) => void listeners.set(type, listener as never),
    removeEventListener: (type: string) => void listeners.delete(type),
  }
  const watch = new GestureWatch({ target, now: () => state.now, isActive: () => state.isActive })
  const happen = (type: string, fields: object = {}): void => listeners.get(type)?.({ type, isTrusted: true, ...fields } as never)
  const press = (): Gesture | undefined => {
    state.isActive = true
    happen('pointerdown', { pointerType: 'mouse' })
    return watch.latest()
  }
  const buys = (gesture = watch.latest()): boolean => gesture !== undefined && watch.buysDialog(gesture)
  return { watch, state, listeners, happen, press, buys }
}

describe('a gesture', () => {
  it.each<[string, object, boolean]>([
    ['pointerdown', { pointerType: 'mouse' }, true],
    ['pointerup', { pointerType: 'touch' }, true],
    ['pointerup', { pointerType: 'pen' }, true],
    ['keydown', { key: 'Enter' }, true],
    ['pointerup', { pointerType: 'mouse' }, false],
    ['pointerdown', { pointerType: 'touch' }, false],
    ['mousedown', {}, false],
    ['touchend', {}, false],
    ['keydown', { key: 'Escape' }, false],
    ['keydown', { key: 'a', repeat: true }, false],
    ['pointerdown', { pointerType: 'mouse', isTrusted: false }, false],
  ])('is %s %j: %s', (type, fields, expected) => {
    const { watch, happen } = setUp()
    happen(type, fields)

    expect(watch.latest() !== undefined).toBe(expected)
  })

  it('lends each extension each power once, and the next one lends them again', () => {
    const { press } = setUp()
    const gesture = press()
    const taken = [gesture?.take('chooser', ONE), gesture?.take('chooser', ONE), gesture?.take('clipboard-read', ONE), gesture?.take('chooser', OTHER)]

    expect(taken).toEqual([true, false, true, true])
    expect(press()?.take('chooser', ONE)).toBe(true)
  })

  it('is good for some seconds', () => {
    const { watch, state, happen } = setUp()
    happen('keydown', { key: 'a' })
    state.now += GESTURE_MS - 1
    expect(watch.latest()).toBeDefined()
    state.now += 1

    expect(watch.latest()).toBeUndefined()
  })

  it('is for those whom the app calls; for others after a while, when it called nobody', () => {
    const { watch, state, press } = setUp()
    press()
    expect(watch.unlent()).toBeUndefined()
    state.now += HEAD_START_MS
    expect(watch.unlent()).toBe(watch.latest())
    watch.latest()?.lend(ONE)

    expect(watch.unlent()).toBeUndefined()
  })
})

describe('a dialog', () => {
  it('is opened by what was not before another, nor in it, nor at once after it', () => {
    const { watch, state, press, buys } = setUp()
    const before = press()
    const close = watch.hold()
    expect([buys(before), press()]).toEqual([false, undefined])
    state.now += 60_000
    press()
    close()
    press()
    expect(buys(before)).toBe(false)
    expect(watch.latest()).toBe(before)
    state.now += SETTLE_MS

    expect(buys(press())).toBe(true)
  })

  it('does not use up the time of what was before it, which lends nothing meanwhile', () => {
    const { watch, state, press } = setUp()
    const before = press()
    state.now += 1_000
    const close = watch.hold()
    state.now += 60_000
    expect(watch.latest()).toBeUndefined()
    close()
    close()
    state.now += GESTURE_MS - 1_001
    expect(watch.latest()).toBe(before)
    state.now += 1

    expect(watch.latest()).toBeUndefined()
  })

  it('in a frame, whose clicks are not heard, is answered by no gesture either', () => {
    const { watch, state } = setUp()
    const close = watch.hold()
    state.isActive = true
    close()
    for (let passed = 0; passed < 10; passed++) {
      expect(watch.latest()).toBeUndefined()
      state.now += GESTURE_MS / 10
    }
    state.isActive = false
    watch.latest()
    state.isActive = true

    expect(watch.latest()).toBeDefined()
  })

  it('that is answered without the user takes no click away', () => {
    const { watch, state, press, buys } = setUp()
    watch.hold()()
    state.now += 1

    expect(buys(press())).toBe(true)
  })
})

describe('what only the engine tells of', () => {
  it('is one gesture as long as the user stays active, however long that is', () => {
    const { watch, state } = setUp()
    state.isActive = true
    const first = watch.latest()
    for (let passed = 0; passed < 30; passed++) {
      state.now += 1_000
      expect([first, undefined]).toContain(watch.latest())
    }
    state.isActive = false
    watch.latest()
    state.isActive = true

    expect(watch.latest()).toBeDefined()
  })

  it('counts also when nobody looked while the user was not active', () => {
    const { watch, state, press } = setUp()
    const first = press()
    state.now += 2 * GESTURE_MS + 1

    expect(watch.latest()).toBeDefined()
    expect(watch.latest()).not.toBe(first)
  })

  it.each<[string, object]>([
    ['mousedown', {}], ['touchend', {}], ['pointerup', { pointerType: 'mouse' }], ['keydown', { key: 'a', repeat: true }],
  ])('is not the gesture once more that was heard, and ended with %s', (type, fields) => {
    const { watch, state, happen, press } = setUp()
    const heard = press()
    state.now += 400
    happen(type, fields)
    state.now += GESTURE_MS - 1
    expect(watch.latest()).toBeUndefined()

    expect(heard).toBeDefined()
  })
})

it('hears nothing any more once it is disposed', () => {
  const { watch, listeners, happen } = setUp()
  watch.dispose()
  happen('pointerdown', { pointerType: 'mouse' })

  expect([listeners.size, watch.latest()]).toEqual([0, undefined])
})
