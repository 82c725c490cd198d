// @ts-check
import { expose, transfer } from 'comlink'

expose({
  /** @param {any} value */
  echo: (value) => (value instanceof Uint8Array ? transfer(value, [value.buffer]) : value),
})
