/**
 * What the web's globals do, as script bodies that end in a value: run inside QuickJS and beside it (Node, or the page), they must agree.
 */

/** A body may use `attempt(run)`: the result, or what was thrown as [name, code, isError]. */
export const ATTEMPT = 'const attempt = (run) => { try { return run() } catch (error) { return [error.name, error.code ?? null, error instanceof Error] } };'

export const GLOBAL_CASES: readonly (readonly [name: string, body: string])[] = [
  [
    'URL parts',
    String.raw`const u = new URL('../c?x=1#\u00e9', 'https://u:p@a.b:8080/x/y'); u.searchParams.append('\ud800', 'a b');
      u.port = '99'; return [u.href, u.origin, u.host, String(u), JSON.stringify({ u })]`,
  ],
  ['invalid URLs', "return [attempt(() => new URL('x'))[0], URL.canParse('a:b'), URL.canParse('a')]"],
  [
    'long query strings',
    String.raw`const p = new URLSearchParams(); for (let i = 0; i < 500; i++) p.append('k' + i % 7, '\u{1f600}' + i); p.sort();
      return [String(p).length, p.getAll('k3').length, p.size]`,
  ],
  ['malformed escapes', "return [...new URLSearchParams('a=%zz%41%C3%A9%C3&b=%&c=%ED%A0%80')]"],
  [
    'text of every kind',
    String.raw`return ['', 'abc', '\0a', '\ud800', 'x\udc00y'.repeat(40), '\u{1f600}\u4e2d\u00e9'.repeat(30),
      'a'.repeat(100000)].map((t) => { const b = new TextEncoder().encode(t); return [b.length, b[b.length - 1] ?? null,
      new TextDecoder().decode(b) === t.toWellFormed?.() || t] }).map(([a, b]) => [a, b])`,
  ],
  [
    'decoding in chunks',
    String.raw`const d = new TextDecoder(); let t = ''; for (const b of [[0xef], [0xbb, 0xbf, 0xe2], [0x82], [0xac, 0xff], [0xf0,
      0x9f]]) t += '|' + d.decode(new Uint8Array(b), { stream: true }); return t + d.decode()`,
  ],
  [
    'other encodings',
    String.raw`return [new TextDecoder('utf-16le').decode(new Uint8Array([0x3d, 0xd8, 0, 0xde])),
      new TextDecoder('windows-1251').decode(new Uint8Array([0xcf])), new TextDecoder('Shift_JIS').encoding]`,
  ],
  [
    'fatal decoding',
    "return [attempt(() => new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([0xff])))[0], attempt(() => new TextDecoder('nope'))[0]]",
  ],
  [
    'encodeInto',
    String.raw`const b = new Uint8Array(5); return [new TextEncoder().encodeInto('a\u{1f600}b', b), [...b],
      new TextEncoder().encodeInto('\u4e2d\u4e2d', b)]`,
  ],
  [
    'base64',
    "return [btoa('\\0\\xff a'), atob('AP8gYQ=='), attempt(() => btoa('\\u0100')), attempt(() => atob('a')), atob(btoa('x'.repeat(50000))).length]",
  ],
  [
    'DOMException',
    String.raw`const e = new DOMException('m', 'AbortError'); return [String(e), e.code, e instanceof Error,
      Object.prototype.toString.call(e), DOMException.DATA_CLONE_ERR]`,
  ],
  [
    'clones',
    String.raw`class A { x = 1 } const s = { s: 1 }; const c = structuredClone({ m: new Map([[s, [s, , 3]]]), d: new Date(5),
      r: /x/gi, u: new Uint8Array([1, 2]).subarray(1), a: new A(), e: new RangeError('r'), n: Object(5n), z: -0 });
      const [[k, v]] = c.m; return [k === v[0], 1 in v, c.d.getTime(), String(c.r), [...c.u], c.u.byteOffset,
      c.a.constructor === Object, c.e instanceof RangeError, c.e.message, typeof c.n, Object.is(c.z, -0)]`,
  ],
  [
    'refused clones',
    'return [() => 1, Symbol("x"), Promise.resolve(), new WeakMap(), [].values(), (function* () {})()].map((v) => attempt(() => structuredClone(v)))',
  ],
  [
    'events',
    String.raw`const t = new EventTarget(); const seen = []; const l = (e) => seen.push(e.type, e.target === t);
      t.addEventListener('a', l, { once: true }); t.addEventListener('a', l, true); t.addEventListener('a',
      { handleEvent(e) { e.preventDefault(); e.stopImmediatePropagation() } }); const r = t.dispatchEvent(new Event('a',
      { cancelable: true })); t.dispatchEvent(new Event('a')); return [r, seen.length, seen]`,
  ],
  [
    'aborting',
    String.raw`const c = new AbortController(); const s = AbortSignal.any([c.signal]); const seen = [];
      s.onabort = () => seen.push(s.reason.name); c.abort(); return [seen, s.aborted, attempt(() => s.throwIfAborted()),
      await new Promise((resolve) => { const t = AbortSignal.timeout(5); t.onabort = () => resolve(t.reason.name) })]`,
  ],
  [
    'timers in order',
    String.raw`const seen = []; await new Promise((resolve) => { setTimeout(() => seen.push('t5'), 5); setTimeout((a) => seen.push(a),
      0, 't0'); queueMicrotask(() => seen.push('m')); Promise.resolve().then(() => seen.push('p')); let n = 0;
      const i = setInterval(() => { seen.push('i'); if (++n === 2) { clearInterval(i); setTimeout(resolve, 10) } }, 8);
      seen.push('s') }); return seen.join()`,
  ],
  [
    'headers',
    String.raw`const h = new Headers([['B', '1'], ['a', ' x '], ['b', '2'], ['Set-Cookie', 'q'], ['set-cookie', 'r']]);
      return [[...h], h.get('B'), h.getSetCookie(), attempt(() => h.append('a b', ''))[0], attempt(() => h.set('a',
      '\0'))[0]]`,
  ],
  [
    'responses',
    String.raw`const r = new Response('h\u00e9', { status: 201, headers: { x: 'y' } }); const c = r.clone(); return [await c.text(),
      [...new Uint8Array(await r.arrayBuffer())], r.bodyUsed, r.ok, [...r.headers], attempt(() => new Response('',
      { status: 204 }))[0]]`,
  ],
  [
    'requests',
    String.raw`const r = new Request('https://a/b', { method: 'post', body: new URLSearchParams({ a: '1 2' }) }); return [r.method,
      r.headers.get('content-type'), await r.text(), attempt(() => new Request('https://a', { body: 'x' }))[0]]`,
  ],
  [
    'body streams',
    String.raw`const r = new Response(new Uint8Array([1, 2, 3])); const reader = r.body.getReader(); const out = [r.body.locked,
      [...(await reader.read()).value], (await reader.read()).done]; reader.releaseLock(); return [...out, r.body.locked,
      r.bodyUsed, Object.prototype.toString.call(r.body)]`,
  ],
  [
    'tags and names',
    String.raw`return [URL, Headers, Response, Event, AbortSignal, TextDecoder].map((t) => [t.name,
      Object.prototype.toString.call(t.prototype), Object.getOwnPropertyDescriptor(globalThis,
      t.name).enumerable]).concat([[setTimeout.name, structuredClone.name, atob.name, fetch.name]])`,
  ],
  [
    'illegal construction',
    String.raw`return [() => new AbortSignal(), () => new Crypto(), () => URL('a:b'), () => Event('x'), () => new Event(),
      () => new TextDecoder('x')].map((run) => attempt(run)[0])`,
  ],
  [
    'randomness',
    String.raw`const b = crypto.getRandomValues(new Uint8Array(64).subarray(8, 40)); return [b.length, crypto.randomUUID().length,
      attempt(() => crypto.getRandomValues(new Float64Array(1))).slice(0, 2),
      attempt(() => crypto.getRandomValues(new Uint8Array(65537)))[0]]`,
  ],
  [
    'what a Request keeps',
    String.raw`const show = (r) => [r.mode, r.credentials, r.cache, r.redirect, r.referrer, r.referrerPolicy, r.integrity, r.keepalive, r.destination];
      const url = 'https://a.example/'; const set = new Request(url, { mode: 'no-cors', credentials: 'omit', cache: 'reload',
      referrer: '', referrerPolicy: 'origin', redirect: 'manual', priority: 'low' }); return [show(new Request(url)), show(set), show(set.clone()),
      show(new Request(set, { credentials: 'include' })), attempt(() => new Request(url, { cache: 'only-if-cached' }))[0],
      attempt(() => new Request(url, { mode: 'no-cors', method: 'PUT' }))[0], attempt(() => Request.prototype.mode)[0]]`,
  ],
]
