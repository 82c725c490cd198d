// A WebSocket class of 1 400 lines, formatted in another style than its authors': parser, printer, line breaking.
import { format } from 'prettier/standalone'
import * as babel from 'prettier/plugins/babel'
import * as estree from 'prettier/plugins/estree'
import SOURCE from '../../node_modules/ws/lib/websocket.js?raw'

export function run() {
  return format(SOURCE, { parser: 'babel', plugins: [babel, estree.default ?? estree], semi: false, singleQuote: true, printWidth: 100, tabWidth: 4 })
}
