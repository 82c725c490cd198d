// @ts-check
/** Glovebox with a command of WASI preview 1: every run in fresh memory. */
import { MAZE } from './guest-work.js'
import { guestSubject } from './guest.js'

export const subject = guestSubject({ name: 'maze', work: (extension) => extension.run({ args: MAZE }) })
