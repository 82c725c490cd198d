/** A frame of this origin with a box of its own, which can go at any moment without a word to it: as a tab that is reloaded or closed. */
import { onTestFinished } from 'vitest'

/** What the frame's script calls on this page: at once, so that nothing is on its way when the frame goes. */
export interface FrameCalls {
  acknowledge(id: string, key: string, value: string): void
  counted(id: string): void
  /** @param error  undefined: all that it had to do is done */
  ended(error?: string): void
}

export interface FrameWork {
  /** Of the box. */
  readonly options: object
  readonly ids: readonly string[]
  readonly tab: string
  readonly rounds: number
}

/** Plain JavaScript: nothing transforms it. */
const SCRIPT = `
  const { options, ids, tab, rounds, module, calls } = JSON.parse(document.querySelector('meta').content)
  const { acknowledge, counted, ended } = parent[calls]
  async function write(box, id) {
    const extension = box.get(id)
    for (let round = 0; round < rounds; round++) {
      const [key, value] = [tab + '/' + round, id + ' ' + tab + ' ' + round]
      await Promise.all([
        extension.call('put', [key, value]).then(() => acknowledge(id, key, value)),
        extension.call('count').then(() => counted(id)),
      ])
    }
  }
  try {
    const { createGlovebox } = await import(module)
    const box = await createGlovebox({
      ...options, trust: { kind: 'development' }, console: 'off', startTimeoutMs: 60_000, prompt: async ({ permissions }) => permissions.map(() => 'session'),
    })
    await Promise.all(ids.map((id) => write(box, id)))
    ended()
  } catch (error) {
    ended(String(error))
  }
`

/** Gives what takes the frame away. */
export function openFrame(work: FrameWork, calls: FrameCalls): () => void {
  const name = `calls-${work.tab}`
  Reflect.set(window, name, calls)
  const frame = document.createElement('iframe')
  const content = JSON.stringify({ ...work, calls: name, module: new URL('/dist/index.js', location.origin).href })
  const meta = document.createElement('meta')
  meta.content = content
  frame.srcdoc = `<!doctype html>${meta.outerHTML}<script type="module">${SCRIPT}</script>`
  document.body.append(frame)
  const remove = (): void => frame.remove()
  onTestFinished(() => {
    remove()
    Reflect.deleteProperty(window, name)
  })
  return remove
}
