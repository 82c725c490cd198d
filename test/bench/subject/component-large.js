// @ts-check
/** Glovebox with a component of 18 MB: CPython. */
import { QUESTION } from './guest-work.js'
import { guestSubject } from './guest.js'

export const subject = guestSubject({ name: 'units', work: (extension) => extension.call('converter.convert', [QUESTION]) })
