/** A worker of this engine without anything of ours: what the guest's globals are compared with. */
export interface PlainWorker {
  /** Runs the body of an async function there. */
  run(body: string): Promise<unknown>
  end(): void
}

const SOURCE = `onmessage = async ({ data, ports: [port] }) => {
  try {
    port.postMessage({ value: await (0, eval)('(async () => {' + data + '})()') })
  } catch (error) {
    port.postMessage({ error: String(error) })
  }
}`

export function createPlainWorker(): PlainWorker {
  const url = URL.createObjectURL(new Blob([SOURCE], { type: 'text/javascript' }))
  const worker = new Worker(url)
  worker.onerror = (event) => event.preventDefault() // what a body left unhandled is its own matter
  return {
    run: (body) => new Promise((resolve, reject) => {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = ({ data }: MessageEvent<{ readonly value: unknown } | { readonly error: string }>) => {
        port1.close()
        if ('error' in data) reject(new Error(data.error))
        else resolve(data.value)
      }
      worker.postMessage(body, [port2])
    }),
    end() {
      worker.terminate()
      URL.revokeObjectURL(url)
    },
  }
}
