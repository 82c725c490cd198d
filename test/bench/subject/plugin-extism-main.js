// @ts-check
/** Extism on the page's own thread. */
import { extismSubject } from './extism.js'

export const subject = extismSubject(false)
