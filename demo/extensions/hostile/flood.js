// Too much of everything: time, memory, stack, jobs, timers, log lines, stored bytes, requests.

export function spin() {
  for (;;);
}

/** One native call that runs for minutes; no interrupt inside the engine sees it. */
export function spinNatively() {
  return 'a'.repeat(4e6).indexOf(`${'a'.repeat(2e6)}b`)
}

export function giantJoin() {
  return (new Array(3e8) + '').length
}

/** A loop that catches whatever tries to stop it. */
export function catchAndGoOn() {
  for (;;) {
    try {
      for (;;);
    } catch {
      continue
    } finally {
      continue
    }
  }
}

export function eatMemory() {
  const hoard = []
  for (;;) hoard.push(new Uint8Array(2 ** 20).fill(1), { text: 'x'.repeat(2 ** 16) })
}

export function recurse() {
  return recurse() + 1
}

export function floodMicrotasks() {
  return new Promise(() => {
    const again = () => Promise.resolve().then(again)
    again()
  })
}

export function floodTimers() {
  let started = 0
  for (; started < 1e5; started += 1) setTimeout(() => {}, 6e4)
  return { reached: [`${started} timers`] }
}

export function floodLog() {
  const line = `\u001b[31mERROR\u001b[0m \u202egnp.egap\u202c <img src=x onerror=alert(1)> %c${'#'.repeat(200)}`
  for (let i = 0; i < 5000; i += 1) console.error(line, i)
  return { written: 5000 }
}

export async function fillStorage() {
  let stored = 0
  for (; stored < 200; stored += 1) await glovebox.storage.set(`cache/${stored}`, 'x'.repeat(8192))
  return { reached: [`${stored * 8} KiB stored`] }
}

export async function floodRequests(origin) {
  const outcomes = await Promise.allSettled(Array.from({ length: 400 }, (_, i) => fetch(`${origin}/api/echo?${i}`)))
  const codes = new Map()
  for (const { status, reason } of outcomes) {
    const key = status === 'fulfilled' ? 'answered' : reason.code || reason.name
    codes.set(key, (codes.get(key) ?? 0) + 1)
  }
  const answered = codes.get('answered') ?? 0
  codes.delete('answered')
  return { reached: answered > 100 ? [`${answered} requests`] : [], stopped: [...codes].map(([code, count]) => `${count} requests: ${code}`) }
}
