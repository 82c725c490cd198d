// @ts-check
/** The modules of the web's uses, as text: what an extension's package and quickjs-emscripten take. */
import MARKED from '../../../node_modules/marked/lib/marked.esm.js?raw'
import GUEST from './web-guest.js?raw'

export const WEB_FILES = {
  'main.js': "export * from './web.js'\nexport * from './render.js'\n",
  'web.js': GUEST,
  'render.js': "import { marked } from './marked.js'\nexport const render = (text) => marked.parse(text).length\n",
  'marked.js': MARKED,
}
