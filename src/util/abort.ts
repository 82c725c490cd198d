/** Waiting for what may not heed a signal. */

/** `result`, or the signal's reason as soon as it aborts, whatever becomes of `result` then. */
export function orAbort<T>(result: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    if (signal.aborted) abort() // what gave the result may have done what aborts
    signal.addEventListener('abort', abort, { once: true })
    result.finally(() => signal.removeEventListener('abort', abort)).then((value) => (signal.aborted ? abort() : resolve(value)), reject)
  })
}
