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

/** Ask for powers that the manifest never named, until somebody clicks: many at once, since each refusal is on the disk before it is told. */
export async function promptFlood() {
  const stopped = new Set()
  const reached = []
  const ask = (name) => glovebox.permissions.request(name).then(
    (state) => (state === 'granted' ? reached.push(name) : stopped.add(`${name}: ${state}`)),
    (error) => stopped.add(`${name}: ${error.code || error.name}`),
  )
  for (let i = 0; i < 20; i += 1) {
    await Promise.all(['http:write', 'storage:read', 'vault:read', '__proto__'].flatMap((name) => Array.from({ length: 10 }, () => ask(name))))
  }
  return { reached, stopped: [...stopped] }
}
