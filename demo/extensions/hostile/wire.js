// Values and requests that should not cross.

/** A key that sets a prototype when copied carelessly. */
export function ownProtoKey() {
  return JSON.parse('{"items":[{"name":"ok"},{"__proto__":{"isAdmin":true}}]}')
}

/** A function, to be called by the page later. */
export function smuggleFunction() {
  return { items: [{ label: 'Open', callback: () => fetch('https://collector.example/') }] }
}

/** A value without an end. */
export function returnCycle() {
  const loop = { name: 'loop' }
  loop.self = loop
  return loop
}

/** A getter that would run while the page looks at the value. */
export function returnProxy() {
  return new Proxy(
    {},
    {
      ownKeys: () => ['a'],
      getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true, value: Symbol('a') }),
      get: (_, key) => (key === 'then' ? undefined : () => 1),
    },
  )
}

/** A promise look-alike that is never kept. */
export function returnThenable() {
  return { then: () => {} }
}

/** More than a message may hold. */
export function hugeReturn() {
  return 'x'.repeat(4 * 2 ** 20)
}

/** Ask for powers that the manifest never named, until somebody clicks. */
export async function promptFlood() {
  const stopped = new Set()
  const reached = []
  for (let i = 0; i < 200; i += 1) {
    for (const name of ['http:write', 'storage:read', 'vault:read', '__proto__']) {
      try {
        const state = await glovebox.permissions.request(name)
        if (state === 'granted') reached.push(name)
        else stopped.add(`${name}: ${state}`)
      } catch (error) {
        stopped.add(`${name}: ${error.code || error.name}`)
      }
    }
  }
  return { reached, stopped: [...stopped] }
}
