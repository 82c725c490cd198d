// A feed reader. The network and the store are the user's to give: without the one it says so, without the other it forgets.
import { parseRss } from './rss.js'
import { loadMarks, saveMark } from './marks.js'

export async function feeds(origin) {
  const response = await get(`${origin}/api/feeds.json`)
  const list = await response.json()
  return list.map(({ id, title, url }) => ({ id, title, url }))
}

export async function articles(url) {
  const response = await get(url)
  const channel = parseRss(await response.text())
  const marks = await loadMarks()
  console.info(`${channel.items.length} articles in ${JSON.stringify(channel.title)}, ${marks.read.size} read before`)
  return {
    title: channel.title,
    remembered: marks.remembered,
    articles: channel.items.map((item) => ({ ...item, read: marks.read.has(item.id) })),
  }
}

export async function mark(id, read) {
  return { remembered: await saveMark(id, read) }
}

async function get(url) {
  const response = await fetch(url, { headers: { accept: 'application/json, application/rss+xml' } })
  if (!response.ok) throw new Error(`${url} answered ${response.status}.`)
  return response
}
