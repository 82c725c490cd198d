/** A feed as RSS 2.0. Dates are given as hours before now, so that the gallery never looks abandoned. */
const ESCAPES = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
])

export function feedXml({ id, title, items }, now) {
  const entries = items.map(
    (item, index) => `
    <item>
      <guid isPermaLink="false">${id}-${index + 1}</guid>
      <title>${escape(item.title)}</title>
      <description>${escape(item.summary)}</description>
      <author>${escape(item.author)}</author>
      <pubDate>${new Date(now.getTime() - item.hoursAgo * 3_600_000).toUTCString()}</pubDate>
    </item>`,
  )
  return `<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0">\n  <channel>\n    <title>${escape(title)}</title>${entries.join('')}\n  </channel>\n</rss>\n`
}

function escape(text) {
  return text.replace(/[&<>]/g, (character) => ESCAPES.get(character))
}
