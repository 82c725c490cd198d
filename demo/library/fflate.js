// A source file of 128 KB packed three ways and unpacked again, and a zip archive of four documents.
import { compressSync, decompressSync, strFromU8, strToU8, unzipSync, zipSync, zlibSync } from 'fflate'
import FFLATE from '../../node_modules/fflate/CHANGELOG.md?raw'
import IDB from '../../node_modules/idb/CHANGELOG.md?raw'
import SOURCE from '../../node_modules/decimal.js/decimal.mjs?raw'

export function run() {
  const bytes = strToU8(SOURCE)
  const packed = [1, 6, 9].map((level) => compressSync(bytes, { level, mtime: 0 }))
  const restored = packed.map((one) => strFromU8(decompressSync(one)) === SOURCE)
  const archive = zipSync({ 'a.md': strToU8(FFLATE), 'deep/b.md': strToU8(IDB), 'c.mjs': [bytes, { level: 0 }] }, { level: 9, mtime: '2026-01-01T12:00:00' })
  const files = Object.entries(unzipSync(archive)).map(([name, content]) => `${name} ${content.length} ${sum(content)}`)
  return [...packed.map((one, at) => `${one.length} ${sum(one)} ${restored[at]}`), sum(zlibSync(bytes)), `${archive.length}`, ...files].join('\n')
}

/** Adler-32. */
function sum(bytes) {
  let a = 1
  let b = 0
  for (const byte of bytes) {
    a = (a + byte) % 65521
    b = (b + a) % 65521
  }
  return `${((b << 16) | a) >>> 0}`
}
