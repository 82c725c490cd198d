// @ts-check
/** Glovebox with an Extism plug-in. */
import { LETTER, SURE } from './guest-work.js'
import { guestSubject, TOO_LARGE } from './guest.js'

export const subject = guestSubject({
  name: 'redact',
  work: (extension) => extension.call('forget', [SURE]),
  other: (extension) => extension.call('redact', [LETTER]),
  crash: (extension) => extension.call('redact', ['a'.repeat(TOO_LARGE)]),
})
