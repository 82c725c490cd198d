// Prettier's standalone build, 1.2 MB of somebody else's code, doing its work without a page, a network or a disk.
import * as prettier from './vendor/standalone.mjs'
import * as babel from './vendor/babel.mjs'
import * as estree from './vendor/estree.mjs'
import * as html from './vendor/html.mjs'
import * as markdown from './vendor/markdown.mjs'
import * as postcss from './vendor/postcss.mjs'

const PLUGINS = [babel, estree, html, markdown, postcss]
const PARSERS = new Map([
  ['javascript', 'babel'],
  ['json', 'json'],
  ['css', 'css'],
  ['html', 'html'],
  ['markdown', 'markdown'],
])

export async function format(source, language, { semi = true, singleQuote = false, printWidth = 80 } = {}) {
  const parser = PARSERS.get(language)
  if (parser === undefined) throw new RangeError(`No parser for ${JSON.stringify(language)}.`)
  const code = await prettier.format(source, { parser, plugins: PLUGINS, semi, singleQuote, printWidth })
  console.info(`${language}: ${source.length} characters in, ${code.length} out`)
  return { code, changed: code !== source }
}

export function version() {
  return prettier.version
}
