// @ts-check
/** What is asked of the WebAssembly guests, the same of glovebox and of its peers: little work, so that the way there and back is in the time. */

/** Of `measure` of the photo component: a record with bytes in it. */
export const makePicture = (side = 2) => ({ width: side, height: side, pixels: new Uint8Array(side * side * 4).fill(7) })

/** Of `convert` of the Python component. */
export const QUESTION = '12.5 km in miles'

/** Of `forget` of the Extism plug-in: JSON in, nothing out, a variable removed. */
export const SURE = JSON.stringify({ sure: true })
/** Of `redact`, which calls the app's `known_names` once. */
export const LETTER = 'Ada wrote to ada@example.com on 0123456789.'
export const CONFIG = { mask: '#', words: 'glovebox' }
/** @param {readonly string[]} words */
export const knownNames = (words) => words.filter((word) => word === 'Ada')

/** Arguments of the maze: a small one. */
export const MAZE = ['4', '4', '7', 'astar']
