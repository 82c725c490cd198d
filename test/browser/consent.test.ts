/** The consent element by itself, in every engine. What needs a person's own events (a real click, Tab) is in test/e2e/consent.test.ts. */
import { consentDialog, GloveboxConsent, type ConsentOptions } from 'glovebox/ui'
import type { PromptPermission, PromptRequest } from 'glovebox'
import { afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { register } from '../docs/package.ts'

const DIGEST = `sha256:${'ab'.repeat(32)}` as PromptRequest['extension']['digest']
const HTTP: PromptPermission = { name: 'http:read', scope: { origins: ['https://api.example.com'], redirects: false }, reason: 'to read the news' }
const STORE: PromptPermission = { name: 'storage:write', scope: { prefixes: ['read/'] }, reason: '' }
const SECRET: PromptPermission = { name: 'vault:read', scope: { secrets: ['token'] }, reason: 'to sign in' }

interface Opened {
  readonly element: GloveboxConsent
  readonly dialog: HTMLDialogElement
  readonly allow: HTMLButtonElement
  readonly deny: HTMLButtonElement
  readonly answer: Promise<readonly unknown[]>
}

/** The test runner scales the frame that tests are in, which is what a click-jacker does: Chromium tells, and Allow stays off. */
function scaleFrame(transform: string): void {
  const frame = window.frameElement
  const stage = frame?.parentElement
  // Both are elements of another realm, which `instanceof` does not know.
  if (stage) stage.setAttribute('style', `${stage.getAttribute('style') ?? ''}; transform: ${transform}`)
  if (frame) frame.setAttribute('style', `${frame.getAttribute('style') ?? ''}; height: 700px`)
}
beforeAll(() => scaleFrame('none'))

afterEach(() => document.querySelectorAll('glovebox-consent').forEach((element) => element.remove()))

function request(
  permissions: readonly PromptPermission[], more: Partial<PromptRequest['extension']> = {}, when: PromptRequest['when'] = 'use',
): PromptRequest {
  const extension = { id: 'com.example.news', name: 'News', origin: 'https://extensions.example/news/', digest: DIGEST, unsigned: true, ...more }
  return { extension, permissions, when, onBehalfOf: [] }
}

function find<T extends HTMLElement>(element: GloveboxConsent, selector: string): T {
  const found = element.shadowRoot?.querySelector<T>(selector)
  if (!found) throw new Error(`no ${selector}`)
  return found
}

function ask(asked: PromptRequest = request([HTTP]), options: ConsentOptions = {}, signal?: AbortSignal): Opened {
  const element = new GloveboxConsent()
  element.options = { armAfterMs: 300, ...options }
  document.body.append(element)
  const answer = element.ask(asked, signal ? { signal } : {})
  return { element, answer, dialog: find(element, 'dialog'), allow: find(element, '.allow'), deny: find(element, '.deny') }
}

const text = ({ dialog }: Opened): string => dialog.textContent ?? ''

async function armed({ allow }: Opened): Promise<void> {
  await expect.poll(() => allow.ariaDisabled, { timeout: 10_000 }).toBe('false')
}

describe('the dialog', () => {
  test('is modal, named by its title, described by who asks, and starts on Deny', () => {
    const { element, dialog, deny } = ask()

    expect(dialog.matches(':modal')).toBe(true)
    expect(find(element, `#${dialog.getAttribute('aria-labelledby')}`).textContent).toBe('News asks for a permission')
    expect(find(element, `#${dialog.getAttribute('aria-describedby')}`).textContent).toContain('https://extensions.example/news/')
    expect(element.shadowRoot?.activeElement).toBe(deny)
  })

  test("wears the page's colours, parts and scheme", () => {
    const sheet = document.createElement('style')
    sheet.textContent = `glovebox-consent { --glovebox-surface: rgb(1 2 3); color-scheme: dark }
      glovebox-consent::part(allow) { letter-spacing: 7px }`
    document.head.append(sheet)
    const { element, dialog, allow } = ask()

    expect(getComputedStyle(dialog).backgroundColor).toBe('rgb(1, 2, 3)')
    expect(getComputedStyle(allow).letterSpacing).toBe('7px')
    expect(getComputedStyle(element).colorScheme).toBe('dark')
    const dark = getComputedStyle(dialog).color
    sheet.textContent = 'glovebox-consent { color-scheme: light }'
    expect(getComputedStyle(dialog).color).not.toBe(dark)
    sheet.remove()
  })

  test('gives the focus back', async () => {
    const button = document.createElement('button')
    document.body.append(button)
    button.focus()

    const { dialog, answer } = ask()
    dialog.close()
    await answer

    expect(document.activeElement).toBe(button)
    button.remove()
  })

  test('says that nobody signed the code, and where local code comes from', () => {
    expect(text(ask(request([HTTP], { origin: 'local' })))).toMatch(/local: given by this page.*Nobody signed/s)
    expect(text(ask(request([HTTP], { unsigned: false })))).not.toContain('signed')
  })

  test('shows the worst first', () => {
    const { dialog } = ask(request([STORE, HTTP, SECRET], {}, 'install'))

    expect([...dialog.querySelectorAll('section h3')].map((heading) => heading.textContent)).toEqual(['High risk 1', 'Medium risk 1', 'Low risk 1'])
    const names = [...dialog.querySelectorAll<HTMLElement>('.permission')].map(({ dataset }) => dataset['permission'])
    expect(names).toEqual(['vault:read', 'http:read', 'storage:write'])
    expect(dialog.textContent).toContain('It gives no reason.')
  })

  test('names those that called who asks', () => {
    const opened = ask({ ...request([HTTP]), onBehalfOf: ['com.example.a', 'com.example.b\u202e'] })

    expect(text(opened)).toContain('com.example.a, com.example.b\\u202e')
  })

  test('folds a long list of origins, and has each', () => {
    const origins = Array.from({ length: 64 }, (_, index) => `https://n${index}.example`)

    const opened = ask(request([{ ...HTTP, scope: { origins, redirects: false } }]))

    expect(opened.dialog.querySelector('summary')?.textContent).toBe('58 more')
    expect([...opened.dialog.querySelectorAll('.values code')].map(({ textContent }) => textContent)).toEqual(expect.arrayContaining(origins))
  })

  test('says how much lies below, until it was scrolled to', async () => {
    const many = Array.from({ length: 12 }, (_, index) => ({ ...STORE, reason: `reason ${index}` }))
    const { element, dialog } = ask(request(many, {}, 'install'))
    const below = find(element, '.below')

    await expect.poll(() => below.textContent).toMatch(/^\d+ more below$/)
    dialog.scrollTop = dialog.scrollHeight
    await expect.poll(() => below.hidden).toBe(true)

    const short = ask(request([STORE]))
    short.dialog.style.maxBlockSize = 'none'
    await expect.poll(() => find(short.element, '.below').hidden).toBe(true)
  })

  test('has the date right behind the choice that it belongs to', () => {
    const { element } = ask()
    const until = find<HTMLInputElement>(element, '[value=until]')
    expect(find(element, '[type=date]').hidden).toBe(true)

    until.click()

    expect(until.parentElement?.nextElementSibling).toBe(find(element, '[type=date]'))
    expect(find(element, '[type=date]').hidden).toBe(false)
  })

  test('takes texts of the page in place of its own', () => {
    const words = { deny: 'Nein', title: () => 'Darf {name} das?', permissions: { 'http:read': { title: 'Webseiten lesen', why: 'Darum.' } } }

    const opened = ask(undefined, { words })

    expect([opened.deny.textContent, find(opened.element, '#title').textContent]).toEqual(['Nein', 'Darf News das?'])
    expect(text(opened)).toMatch(/Webseiten lesen.*Darum\./s)
  })

  test('keeps the English of the words that the page has no text for', () => {
    const words = { deny: undefined, durations: { once: 'diesmal' } } as never

    const { element, deny } = ask(undefined, { words })

    expect(deny.textContent).toBe('Deny')
    expect([...element.shadowRoot?.querySelectorAll('label:has([type=radio])') ?? []].map((label) => label.textContent)).toEqual(expect.arrayContaining(['diesmal', 'always']))
  })
})

describe('what denies', () => {
  test.each<[string, (opened: Opened) => void]>([
    ['closing', ({ dialog }) => dialog.close()],
    ['taking the element away', ({ element }) => element.remove()],
    ['another question', ({ element }) => void element.ask(request([STORE]))],
  ])('%s', async (_name, act) => {
    const opened = ask(request([HTTP, SECRET]))

    act(opened)

    expect(await opened.answer).toEqual(['deny', 'deny'])
  })

  test('a question that comes after another stays open', async () => {
    const first = ask()
    let isAnswered = false
    const second = first.element.ask(request([STORE]))
    void second.then(() => { isAnswered = true })
    await first.answer
    await new Promise((resolve) => setTimeout(resolve))

    expect(isAnswered).toBe(false)
    find<HTMLDialogElement>(first.element, 'dialog').close()
    expect(await second).toEqual(['deny'])
  })

  test('an abort, before and while it is open', async () => {
    const stop = new AbortController()
    const opened = ask(undefined, {}, stop.signal)
    stop.abort()

    expect(await opened.answer).toEqual(['deny'])
    expect(opened.dialog.isConnected).toBe(false)
    const prompt = consentDialog()
    expect(await prompt(request([HTTP, STORE]), { signal: AbortSignal.abort() })).toEqual(['deny', 'deny'])
    expect(document.querySelectorAll('glovebox-consent')).toHaveLength(1)
  })
})

describe('Allow', () => {
  test('waits before it works', async () => {
    const opened = ask()
    expect([opened.allow.ariaDisabled, opened.deny.ariaDisabled]).toEqual(['true', 'true'])

    await armed(opened)

    expect(opened.deny.ariaDisabled).toBe('false')
  })

  const knowsCover = 'isVisible' in IntersectionObserverEntry.prototype
  test.skipIf(!knowsCover)('stays off while the page is shown in a frame that is scaled, and says so', async () => {
    scaleFrame('scale(0.8)')
    const opened = ask()

    await expect.poll(() => find(opened.element, '.status').textContent).toContain('covers')
    expect([opened.allow.ariaDisabled, opened.deny.ariaDisabled]).toEqual(['true', 'false'])

    scaleFrame('none')
    await armed(opened)
    expect(find(opened.element, '.status').textContent).toBe('')
  })

  test('stays off while something lies over the dialog', async () => {
    const opened = ask()
    await armed(opened)
    const cover = document.createElement('dialog')
    cover.style.cssText = 'position: fixed; inset: 0; width: 100%; height: 100%'
    document.body.append(cover)

    cover.showModal()

    await expect.poll(() => find(opened.element, '.status').textContent).toContain('covers')
    cover.remove()
    await armed(opened)
  })

  test('of a dialog under another one is not armed at the moment when that one goes', async () => {
    const below = ask()
    await armed(below)
    const stop = new AbortController()
    const above = ask(request([STORE]), {}, stop.signal)
    await armed(above)
    const at = ({ allow }: Opened): Element | null => {
      const { x, y, width, height } = allow.getBoundingClientRect()
      return document.elementFromPoint(x + width / 2, y + height / 2)
    }
    expect([at(below), below.allow.ariaDisabled]).toEqual([above.element, 'true'])

    stop.abort() // as when the call that asked has ended

    expect([at(below), below.allow.ariaDisabled]).toEqual([below.element, 'true'])
    await armed(below)
  })

  test('and Deny and Escape are deaf to events of scripts', async () => {
    const opened = ask()
    await armed(opened)

    opened.allow.click()
    opened.allow.dispatchEvent(new PointerEvent('click', { bubbles: true, composed: true }))
    opened.deny.click()
    opened.dialog.dispatchEvent(new Event('cancel', { cancelable: true }))

    expect(opened.dialog.open).toBe(true)
    expect(opened.allow.ariaDisabled).toBe('false')
  })

  test.each<[string, (opened: Opened) => void]>([
    ['its size changes', ({ dialog }) => { dialog.style.width = '20rem' }],
    ['the window changes', () => dispatchEvent(new Event('resize'))],
    ['the window loses the focus', () => dispatchEvent(new Event('blur'))],
    ['the page is hidden and shown', () => document.dispatchEvent(new Event('visibilitychange'))],
  ])('waits anew when %s', async (_name, disturb) => {
    const opened = ask()
    await armed(opened)

    disturb(opened)

    await expect.poll(() => opened.allow.ariaDisabled).toBe('true')
    expect(opened.deny.ariaDisabled).toBe('false') // who would rather leave always can
    await armed(opened)
  })

  test('waits anew when a choice in the dialog changes its size, and Deny does not', async () => {
    const opened = ask(request([HTTP]), { durations: ['once', 'until', 'always'] })
    await armed(opened)
    const dead: string[] = []
    const observer = new MutationObserver(() => { if (opened.deny.ariaDisabled === 'true') dead.push('deny') })
    observer.observe(opened.deny, { attributes: true })

    find<HTMLInputElement>(opened.element, '[value=until]').click()
    opened.dialog.style.paddingBlockEnd = '20px' // where the date fits into the line, nothing would have changed

    await expect.poll(() => opened.allow.ariaDisabled).toBe('true')
    await armed(opened)
    observer.disconnect()
    expect(dead).toEqual([])
  })
})

describe('a stranger\'s text', () => {
  test('is text', () => {
    const reason = '<img src=x onerror=alert(1)><style>*{display:none}</style>'
    const opened = ask(request([{ ...HTTP, reason }], { name: '<b onclick=alert(1)>Bank</b>', id: '<i>' }))

    expect(opened.dialog.querySelectorAll('img, style, b, i')).toHaveLength(0)
    expect(text(opened)).toContain('<b onclick=alert(1)>Bank</b>')
  })

  test('cannot turn the line around, hide, or stack marks over others', () => {
    const opened = ask(request([{ ...HTTP, reason: `safe\u2066${'e' + '\u0301'.repeat(50)}` }], { name: 'News\u202e.krow\u200b' }))

    expect(text(opened)).not.toMatch(/[\u202e\u200b\u2066]|\p{M}{3}/u)
    expect(text(opened)).toContain('News\\u202e.krow\\u200b')
    expect(opened.dialog.querySelector('[data-suspicion="hidden-characters"]')).not.toBeNull()
  })

  test('of 10 KB is cut, and fits', () => {
    const who = { name: 'M'.repeat(10_000), id: 'i'.repeat(10_000), origin: `https://${'o'.repeat(10_000)}/` }
    const opened = ask(request([{ ...HTTP, reason: 'W'.repeat(10_000) }], who))

    expect(text(opened).length).toBeLessThan(2000)
    expect(opened.dialog.scrollWidth).toBeLessThanOrEqual(opened.dialog.clientWidth)
    expect(opened.dialog.getBoundingClientRect().height).toBeLessThanOrEqual(innerHeight)
  })

  test.each([
    ['mixed-scripts', { name: 'P\u0430ypal' }, HTTP],
    ['look-alike-letters', { name: '\u0440\u0430\u0443' }, HTTP],
    ['punycode', {}, { ...HTTP, scope: { origins: ['https://xn--pypal-4ve.com'], redirects: false } }],
    ['not-encrypted', {}, { ...HTTP, scope: { origins: ['http://api.example.com'], redirects: false } }],
  ])('is marked: %s', (suspicion, extension, permission) => {
    expect(ask(request([permission], extension)).dialog.querySelector(`[data-suspicion="${suspicion}"]`)).not.toBeNull()
  })
})

test('has its look and asks under a policy that lets no style, no markup and no inline script through', async () => {
  const { origin } = inject('server')
  const page = await register(origin, 'consent-page', {
    'index.html': `<!doctype html><meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src ${origin};
        require-trusted-types-for 'script'; trusted-types 'none'">
      <script type="module" src="main.js"></script>`,
    'main.js': `import { GloveboxConsent } from '${origin}/dist/ui.js'
      addEventListener('securitypolicyviolation', (event) => parent.postMessage({ consent: event.violatedDirective }, '*'))
      const element = document.body.appendChild(new GloveboxConsent())
      void element.ask(${JSON.stringify(request([HTTP, SECRET]))})
      const style = getComputedStyle(element.shadowRoot.querySelector('.answers'))
      parent.postMessage({ consent: style.display + ' ' + element.shadowRoot.querySelector('dialog').matches(':modal') }, '*')`,
  })
  const frame = document.createElement('iframe')
  const told = new Promise((resolve) => addEventListener('message', ({ source, data }) => source === frame.contentWindow && resolve(data.consent)))
  frame.src = `${page}index.html`
  document.body.append(frame)

  expect(await told).toBe('grid true')
  frame.remove()
})

test.each([
  [{ durations: ['forever'] }, /durations must be a list of session, once, until, always/], [{ durations: 'once' }, /durations must be a list/],
  [{ duration: ['once'] }, /^consentDialog has no "duration"; it knows words, durations, armAfterMs, parent\.$/],
  [{ words: { denyy: 'No' } }, /^consentDialog: words has no "denyy"; it knows title, /], [{ words: { deny: 5 } }, /words\.deny must be a string/],
  [{ words: { risk: { hihg: 'Hoch' } } }, /^consentDialog: words\.risk has no "hihg"; it knows high, medium, low\.$/],
  [{ words: { risk: { high: 5 } } }, /^consentDialog: words\.risk\.high must be a string, got 5\.$/], [{ words: { scope: 'Wo' } }, /words\.scope must be an object, got Wo\./],
  [{ words: { permissions: { 'http:raed': { title: 'Lesen', why: 'Darum.' } } } }, /words\.permissions has no "http:raed"; it knows http:read, /],
  [{ words: { permissions: { 'http:read': { title: 'Lesen' } } } }, /words\.permissions\.http:read\.why must be a string, got undefined\.$/],
  [{ words: 'de' }, /words must be an object/], [{ armAfterMs: 'soon' }, /armAfterMs must be a number/], [{ parent: document.body }, /parent must be a function/],
])('the dialog is not made with %j', (options, message) => {
  expect(() => consentDialog(options as never)).toThrow(message)
  expect(() => consentDialog(options as never)).toThrow(TypeError)
})

test('an element with such options asks nothing, and says why', async () => {
  const element = new GloveboxConsent()
  element.options = { armAfterMs: 'soon' } as never
  document.body.append(element)

  await expect(element.ask(request([HTTP]))).rejects.toThrow('options: armAfterMs must be a number of ms, got soon.')
  expect(element.shadowRoot?.querySelector('dialog')).toBeFalsy()
})
