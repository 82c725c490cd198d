// @ts-check
/**
 * Writes the hash of frame.html's inline script into its policy. Run after every change of the script: `node src/build/frame-hash.mjs`.
 * A unit test compares the two, so a forgotten run fails.
 */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const FILE = fileURLToPath(new URL('../host/frame/frame.html', import.meta.url))

/** @param {string} html @returns {string} the policy source of the one inline script */
export function scriptHash(html) {
  const script = /<script>([\s\S]*?)<\/script>/.exec(html)?.[1] ?? ''
  return `'sha256-${createHash('sha256').update(script).digest('base64')}'`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const html = readFileSync(FILE, 'utf8')
  writeFileSync(FILE, html.replace(/'sha256-[^']*'/, scriptHash(html)))
}
