// A full-text index over the change logs of five packages; queries with prefixes, typing mistakes, boosts and suggestions.
import MiniSearch from 'minisearch'
import DIFF from '../../node_modules/diff/release-notes.md?raw'
import FFLATE from '../../node_modules/fflate/CHANGELOG.md?raw'
import HANDLEBARS from '../../node_modules/handlebars/release-notes.md?raw'
import IDB from '../../node_modules/idb/CHANGELOG.md?raw'
import MINISEARCH from '../../node_modules/minisearch/CHANGELOG.md?raw'

const SOURCES = { DIFF, FFLATE, HANDLEBARS, IDB, MINISEARCH }
const QUERIES = ['prototype pollution', 'typescript defintions', 'brows', 'async index', 'compres strem', 'unicode']

export function run() {
  const index = new MiniSearch({ fields: ['title', 'text'], storeFields: ['title'], searchOptions: { boost: { title: 2 }, prefix: true, fuzzy: 0.2 } })
  const documents = Object.entries(SOURCES).flatMap(([name, text]) =>
    text.split(/^#+ /m).map((part, number) => ({ id: `${name}${number}`, title: `${name} ${part.split('\n', 1)[0]}`, text: part })))
  index.addAll(documents)
  const found = QUERIES.map((query) => {
    const hits = index.search(query)
    const lines = hits.slice(0, 5).map(({ id, title, score, terms }) => `  ${id} ${score.toFixed(6)} ${title} [${terms.join(' ')}]`)
    return [`${query}: ${hits.length}`, ...lines, `  try: ${index.autoSuggest(query).slice(0, 3).map(({ suggestion }) => suggestion).join(', ')}`].join('\n')
  })
  const copy = MiniSearch.loadJSON(JSON.stringify(index), { fields: ['title', 'text'], storeFields: ['title'] })
  return [`${documents.length} documents, ${index.termCount} terms, ${copy.search('unicode').length} after a round trip`, ...found].join('\n')
}
