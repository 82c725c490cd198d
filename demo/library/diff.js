// Two builds of one library against each other, line by line and as a patch that is applied again; two documents word by word.
import { applyPatch, createTwoFilesPatch, diffWords } from 'diff'
import COMMON_JS from '../../node_modules/decimal.js/decimal.js?raw'
import ES_MODULE from '../../node_modules/decimal.js/decimal.mjs?raw'
import FFLATE from '../../node_modules/fflate/CHANGELOG.md?raw'
import IDB from '../../node_modules/idb/CHANGELOG.md?raw'

export function run() {
  const patch = createTwoFilesPatch('decimal.js', 'decimal.mjs', COMMON_JS, ES_MODULE)
  const restored = applyPatch(COMMON_JS, patch)
  const words = diffWords(FFLATE, IDB)
  const counts = { same: 0, added: 0, removed: 0 }
  for (const { added, removed, count } of words) counts[added ? 'added' : removed ? 'removed' : 'same'] += count
  return `${restored === ES_MODULE}\n${JSON.stringify(counts)}\n${patch}`
}
