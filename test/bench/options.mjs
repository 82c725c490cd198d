// @ts-check
/** The command line of `npm run bench`. */
import { parseArgs } from 'node:util'

const USAGE = `npm run bench -- [options]
  --engine chromium|firefox|webkit   default chromium
  --rounds N                         rounds of everything; the table shows medians. Default 5
  --only TEXT                        only programs whose name contains TEXT; may be repeated
  --no-build                         measure dist/ as it is`

/**
 * @typedef {object} Options
 * @property {'chromium' | 'firefox' | 'webkit'} engine
 * @property {number} rounds
 * @property {readonly string[]} only
 * @property {boolean} builds
 */

/** @param {readonly string[]} args @returns {Options} @throws {Error} with the usage */
export function readOptions(args) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      'engine': { type: 'string', default: 'chromium' },
      'rounds': { type: 'string', default: '5' },
      'only': { type: 'string', multiple: true, default: [] },
      'no-build': { type: 'boolean', default: false },
      'help': { type: 'boolean', default: false },
    },
  })
  const { engine, only } = values
  const rounds = Number(values.rounds)
  if (values.help || !Number.isInteger(rounds) || rounds < 1) throw new Error(USAGE)
  if (engine !== 'chromium' && engine !== 'firefox' && engine !== 'webkit') throw new Error(USAGE)
  return { engine, rounds, only, builds: !values['no-build'] }
}
