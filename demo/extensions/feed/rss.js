// The part of RSS 2.0 that a reader shows. There is no DOMParser in the guest, and none is needed: tags in, text out.
const ENTITIES = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
])

export function parseRss(xml) {
  const head = xml.slice(0, xml.indexOf('<item'))
  const items = xml
    .split('<item')
    .slice(1)
    .map((part) => ({
      id: field(part, 'guid'),
      title: field(part, 'title'),
      summary: field(part, 'description'),
      author: field(part, 'author'),
      published: new Date(field(part, 'pubDate')),
    }))
  return { title: field(head, 'title'), items: items.sort((a, b) => b.published - a.published) }
}

function field(xml, name) {
  const open = xml.indexOf(`<${name}`)
  if (open < 0) return ''
  const from = xml.indexOf('>', open) + 1
  const text = xml.slice(from, xml.indexOf(`</${name}>`, from)).trim()
  return text.startsWith('<![CDATA[') ? text.slice(9, -3) : unescape(text)
}

function unescape(text) {
  return text.replace(/&(?:#(\d+)|(\w+));/g, (whole, code, name) => (code ? String.fromCodePoint(Number(code)) : (ENTITIES.get(name) ?? whole)))
}
