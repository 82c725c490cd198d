/**
 * Names of what an app provides itself: `notes`, and of what its methods need: `notes.read`. Of one case, so that people and code read them
 * alike.
 */

const CAPABILITY = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/
const NEED = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*\.[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/
const MAX_NAME = 64

export function isProvidedName(name: string): boolean {
  return name.length <= MAX_NAME && CAPABILITY.test(name)
}

export function isProvidedNeed(name: string): boolean {
  return name.length <= 2 * MAX_NAME + 1 && NEED.test(name)
}

/** `get-notes` of `getNotes`. */
export function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
