// Markdown to HTML with the unmodified `marked` package. The HTML that leaves is a stranger's: the page shows it in a frame without powers.
import { lexer, parser } from './vendor/marked.esm.js'

export function render(source, { breaks = false } = {}) {
  const options = { gfm: true, breaks }
  const tokens = lexer(source, options)
  const html = parser(tokens, options)
  const outline = tokens.filter((token) => token.type === 'heading').map(({ depth, text }) => ({ depth, text }))
  const words = source.split(/\s+/).filter(Boolean).length
  console.info(`rendered ${tokens.length} blocks, ${words} words, ${html.length} characters of HTML`)
  return { html, outline, words, blocks: tokens.length }
}
