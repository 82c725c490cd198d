// Two builds of one library against each other, line by line and as a patch that is applied again; a document and its revision word by word.
import { applyPatch, createTwoFilesPatch, diffWords } from 'diff'
import BROWSER from '../../node_modules/fflate/esm/browser.js?raw'
import NODE from '../../node_modules/fflate/esm/index.mjs?raw'
import NOTES from '../../node_modules/diff/release-notes.md?raw'

export function run() {
  const patch = createTwoFilesPatch('browser.js', 'index.mjs', BROWSER, NODE)
  const restored = applyPatch(BROWSER, patch)
  const draft = NOTES.slice(0, 12_000)
  const words = diffWords(draft, draft.replace(/\b(?:fixed|added|changed)\b/gi, 'revised').replace(/`([^`]*)`/g, '_$1_'))
  const counts = { same: 0, added: 0, removed: 0 }
  for (const { added, removed, count } of words) counts[added ? 'added' : removed ? 'removed' : 'same'] += count
  return `${restored === NODE}\n${JSON.stringify(counts)}\n${patch}`
}
