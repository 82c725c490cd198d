// @ts-check
/** The same page without any of it. */

/** @type {import('./subject.js').Subject} */
export const subject = {
  open: async () => ({ echo: async (value) => value, stop: () => {} }),
}
