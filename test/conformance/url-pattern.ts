/** URLPattern as script bodies (see objects.ts). */

const CASES: readonly (readonly [name: string, body: string])[] = [
  ['looks', "return shape('URLPattern', ['protocol', 'username', 'password', 'hostname', 'port', 'pathname', 'search', 'hash', 'hasRegExpGroups', 'test', 'exec'])"],
  ['components', String.raw`const show = (p) => [p.protocol, p.username, p.password, p.hostname, p.port, p.pathname, p.search, p.hash, p.hasRegExpGroups]; return [new URLPattern(), new URLPattern({ pathname: '/a/:b(\\d+)?/*' }), new URLPattern('https://*.x.com:8080/y?z=:q#h'), new URLPattern('/rel/:id', 'https://base.com/dir/'), new URLPattern({ pathname: 'up', baseURL: 'https://a.b/c/d' })].map(show)`],
  ['matches', String.raw`const p = new URLPattern({ hostname: '{:sub.}?x.com', pathname: '/a/:id(\\d+)/:rest*' }); const r = p.exec('https://www.x.com/a/12/b/c?q#h'); const n = p.exec('https://x.com/a/1'); return [r.pathname, r.hostname, r.inputs, r.search, 'sub' in n.hostname.groups, n.hostname.groups.sub, n.pathname.groups.rest, p.exec('https://y.com/'), p.test('https://x.com/a/z')]`],
  ['inputs', String.raw`const p = new URLPattern({ pathname: '/a/*' }); return [p.test({ pathname: '/a/b' }), p.test('b', 'https://x/a/'), p.test(), p.exec({ pathname: '/a/b' }).inputs, p.exec('c', 'https://x/a/').inputs, p.test('nonsense'), p.test({ pathname: 'c', baseURL: 'https://x/a/' })]`],
  ['options', String.raw`return [new URLPattern({ pathname: '/A' }, { ignoreCase: true }).test({ pathname: '/a' }), new URLPattern('/A', 'https://x', { ignoreCase: true }).test('https://x/a'), new URLPattern({ pathname: '/A' }).test({ pathname: '/a' }), new URLPattern({ pathname: '/A' }, null).test({ pathname: '/A' })]`],
  ['refusals', String.raw`return [() => URLPattern(), () => new URLPattern('/rel'), () => new URLPattern({ pathname: '(' }), () => new URLPattern({}, 'https://x'), () => new URLPattern({ pathname: '/:a/:a' }), () => new URLPattern(Symbol()), () => new URLPattern().test({}, 'https://x'), () => new URLPattern().exec({}, 'https://x'), () => URLPattern.prototype.test.call({}), () => Object.getOwnPropertyDescriptor(URLPattern.prototype, 'hash').get.call({}), () => new URLPattern({ protocol: 'a b' })].map((run) => attempt(run)[0])`],
  ['init members are read in order', String.raw`const seen = []; new URLPattern(new Proxy({}, { get(_t, k) { seen.push(k) } })); return seen.filter((k) => typeof k === 'string').join()`],
  ['group names', String.raw`const r = new URLPattern({ pathname: '/:toString/:constructor/(\\d)' }).exec({ pathname: '/a/b/5' }); return [Object.keys(r.pathname.groups).sort(), r.pathname.groups[0]]`],
  ['default ports', String.raw`return [new URLPattern({ protocol: 'https', port: '443' }).port]`],
]

export const URL_PATTERN_CASES: readonly (readonly [name: string, body: string])[] = CASES.map(([name, body]) => [`URLPattern: ${name}`, body])
