// @ts-check
/** From the navigation's start to a value in the document. The subject is opened by nothing but its own documented calls. */
import { runProgram } from './tell.js'

/** @param {import('../subject/subject.js').Subject} subject */
export default function program(subject) {
  runProgram(async () => {
    const instance = await subject.open(0)
    const value = await instance.echo({ city: 'Paris', degrees: 21 })
    const place = document.querySelector('#result')
    if (place) place.textContent = value.city
    // Layout included: what is left is the compositor's.
    place?.getBoundingClientRect()
    return { shownMs: performance.now(), ...subject.timing?.() }
  })
}
