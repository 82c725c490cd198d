// @ts-check
/** Glovebox with a component of 74 kB, in Rust. */
import { makePicture } from './guest-work.js'
import { guestSubject, TOO_LARGE } from './guest.js'

export const subject = guestSubject({
  name: 'photo',
  work: (extension) => extension.call('darkroom.measure', [makePicture()]),
  crash: (extension) => extension.call('darkroom.measure', [{ ...makePicture(), pixels: new Uint8Array(TOO_LARGE) }]),
})
