// @ts-check
/** A sandboxed frame of an opaque origin that runs the code itself and talks by postMessage: it shares the page's thread. */

const DOCUMENT = `<!doctype html><script>
const echo = (value) => value
onmessage = ({ data: { id, value } }) => parent.postMessage({ id, value: echo(value) }, '*', value instanceof Uint8Array ? [value.buffer] : [])
parent.postMessage({ id: 0 }, '*')
</script>`

/** @type {import('./subject.js').Subject} */
export const subject = {
  async open() {
    const frame = document.createElement('iframe')
    frame.setAttribute('sandbox', 'allow-scripts')
    frame.style.display = 'none'
    frame.srcdoc = DOCUMENT
    /** @type {Map<number, (value: any) => void>} */
    const waiting = new Map()
    addEventListener('message', ({ source, data }) => {
      if (source !== frame.contentWindow) return
      waiting.get(data.id)?.(data.value)
      waiting.delete(data.id)
    })
    const ready = new Promise((resolve) => waiting.set(0, resolve))
    document.body.append(frame)
    await ready
    let last = 0
    return {
      echo: (value) => new Promise((resolve) => {
        last += 1
        waiting.set(last, resolve)
        frame.contentWindow?.postMessage({ id: last, value }, '*', value instanceof Uint8Array ? [value.buffer] : [])
      }),
      stop: () => frame.remove(),
    }
  },
}
