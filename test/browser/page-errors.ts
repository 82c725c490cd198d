/** Uncaught errors of the page that a test means to happen: what the app's own code throws is told there. */

/** What `work` gives, and the errors that became uncaught meanwhile; the runner hears of none of them. */
export async function hearing<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly errors: readonly Error[] }> {
  const errors: Error[] = []
  const hear = (event: ErrorEvent): void => {
    event.preventDefault()
    event.stopImmediatePropagation()
    errors.push(event.error as Error)
  }
  addEventListener('error', hear, { capture: true })
  try {
    return { result: await work(), errors }
  } finally {
    removeEventListener('error', hear, { capture: true })
  }
}
