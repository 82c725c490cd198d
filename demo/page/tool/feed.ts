/** The feed reader: lists the server's feeds, shows articles as text, and marks them read through the extension's store. */
import { cleanText } from 'glovebox/ui'
import type { Bench } from '../bench.ts'
import { el, fill } from '../dom.ts'
import { fields, list, text } from '../guest-value.ts'
import type { Fields } from '../guest-value.ts'
import { createStatus } from '../part/status.ts'
import { runBar, select, toolForm } from '../part/run-bar.ts'

export function feedTool(bench: Bench): HTMLElement {
  const status = createStatus()
  const feed = select('feed-url', 'Feed', [])
  const articles = el('ol', { class: 'articles wide', 'aria-label': 'Articles' })

  const mark = async (id: string, read: boolean): Promise<void> => {
    try {
      const { remembered } = Object.fromEntries(fields(await bench.run('mark', [id, read])))
      status.done(remembered === true ? 'Remembered in the extension\u2019s store.' : 'Kept until this page closes: the store was not granted.')
    } catch (error) {
      status.failed(error)
    }
  }
  const load = async (): Promise<void> => {
    try {
      if (feed.control.options.length === 0) await fillFeeds(bench, feed.control)
      const channel = fields(await bench.run('articles', [feed.control.value]))
      const items = list(channel.get('articles')).map(fields)
      fill(articles, ...items.map((item) => articleItem(item, mark)))
      status.done(`${items.length} articles in ${cleanText(text(channel.get('title')), 60)}.`)
    } catch (error) {
      status.failed(error)
    }
  }
  feed.control.addEventListener('change', () => void load())
  void load()
  return toolForm('', () => void load(), runBar(bench, 'Refresh', el('span', { class: 'spacer' }), feed.element), status.element, articles)
}

async function fillFeeds(bench: Bench, control: HTMLSelectElement): Promise<void> {
  const feeds = list(await bench.run('feeds', [location.origin])).map(fields)
  control.append(...feeds.map((feed) => el('option', { value: text(feed.get('url')) }, cleanText(text(feed.get('title')), 60))))
}

function articleItem(item: Fields, mark: (id: string, read: boolean) => Promise<void>): HTMLElement {
  const id = text(item.get('id'))
  const title = el('h2', {}, cleanText(text(item.get('title')), 160))
  const published = item.get('published')
  const toggle = el('button', { type: 'button', class: 'quiet small' })
  const article = el(
    'li',
    { class: 'article' },
    title,
    el('p', { class: 'byline' }, cleanText(text(item.get('author')), 80), published instanceof Date ? ` \u00b7 ${ago(published)}` : ''),
    el('p', {}, cleanText(text(item.get('summary')), 400)),
    toggle,
  )
  const show = (read: boolean): void => {
    article.classList.toggle('is-read', read)
    toggle.setAttribute('aria-pressed', String(read))
    fill(toggle, read ? 'Read' : 'Mark as read')
  }
  toggle.addEventListener('click', () => {
    const read = toggle.getAttribute('aria-pressed') !== 'true'
    show(read)
    void mark(id, read)
  })
  show(item.get('read') === true)
  return article
}

function ago(date: Date): string {
  const hours = Math.round((Date.now() - date.getTime()) / 3_600_000)
  const format = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
  return hours < 24 ? format.format(-hours, 'hour') : format.format(-Math.round(hours / 24), 'day')
}
