// The bundle in a plain worker: the same module, the browser's own engine, nothing between. Each message is one run.
const modules = new Map()

addEventListener('message', async ({ data: url }) => {
  try {
    if (!modules.has(url)) modules.set(url, await import(url))
    postMessage({ value: await modules.get(url).run() })
  } catch (error) {
    postMessage({ failure: `${error}` })
  }
})
