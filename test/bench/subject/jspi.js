// @ts-check
/** An engine that suspends a guest which waits. */
export const subject = { expected: 'jspi' }
