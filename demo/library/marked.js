// A hundred kilobytes of Markdown to HTML: the documents of other packages, as their authors wrote them.
import { marked } from 'marked'
import DIFF from '../../node_modules/diff/README.md?raw'
import HANDLEBARS from '../../node_modules/handlebars/release-notes.md?raw'

export function run() {
  return marked.parse(`${DIFF}\n\n${HANDLEBARS}`)
}
