// @ts-check
/**
 * A worker in a sandboxed frame of an opaque origin, over a port, with nothing else in it: the way that each of glovebox's calls takes. Some
 * engines run such a frame in another process, so this is the least that a call can cost.
 */

const WORKER = 'onmessage = ({ ports: [port] }) => { port.onmessage = ({ data }) => port.postMessage(data, data.value instanceof Uint8Array ? [data.value.buffer] : []) }'
const DOCUMENT = `<!doctype html><script>
const worker = new Worker('data:text/javascript,' + encodeURIComponent(${JSON.stringify(WORKER)}))
onmessage = ({ ports }) => worker.postMessage(null, ports)
</script>`

/** @type {import('./subject.js').Subject} */
export const subject = {
  async open() {
    const frame = document.createElement('iframe')
    frame.setAttribute('sandbox', 'allow-scripts')
    frame.style.display = 'none'
    frame.srcdoc = DOCUMENT
    const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }))
    document.body.append(frame)
    await loaded
    const { port1, port2 } = new MessageChannel()
    frame.contentWindow?.postMessage(null, '*', [port2])
    let last = 0
    /** @type {Map<number, (value: any) => void>} */
    const waiting = new Map()
    port1.onmessage = ({ data }) => {
      waiting.get(data.id)?.(data.value)
      waiting.delete(data.id)
    }
    /** @param {any} value @returns {Promise<any>} */
    const echo = (value) => new Promise((resolve) => {
      last += 1
      waiting.set(last, resolve)
      port1.postMessage({ id: last, value }, value instanceof Uint8Array ? [value.buffer] : [])
    })
    await echo(0)
    return { echo, stop: () => frame.remove() }
  },
}
