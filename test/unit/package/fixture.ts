/** One small package, in the parts that every form of it is made from. */
export const MAIN = 'export const add = (a, b) => a + b\n'
export const DATA = '{"city":"Z\u00fcrich"}'
export const FILES = { 'main.js': MAIN, 'data/cities.json': DATA }
export const MANIFEST = {
  id: 'com.acme.adder',
  name: 'Adder',
  version: '1.0.0',
  lane: 'script',
  entry: 'main.js',
  files: ['main.js', 'data/cities.json'],
  permissions: [{ name: 'http:read', scope: { origins: ['https://api.example.com'] } }],
}
/** SHA-256 of the canonical manifest of the above, computed by another program: a change of it breaks every digest that a host ever allowed. */
export const DIGEST = 'sha256:14013988742eb9b59accede7b20fbce1c040f59d14fd94e2408806b7293c318f'

export function manifestText(change: object = {}): string {
  return JSON.stringify({ ...MANIFEST, ...change })
}
