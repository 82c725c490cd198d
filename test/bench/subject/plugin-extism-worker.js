// @ts-check
/**
 * Extism in its worker mode: the plug-in in a worker of the page's origin, host functions over shared memory. Version 1.0.3 lacks an import of
 * plug-ins that are built with the development kit of today, so it is put into its worker's source.
 */
import { extismSubject, LOG_LEVEL } from './extism.js'

const NativeWorker = Worker
const SOURCE = 'data:text/javascript;base64,'

globalThis.Worker = class extends NativeWorker {
  /** @param {string | URL} url @param {WorkerOptions} [options] */
  constructor(url, options) {
    const source = atob(String(url).slice(SOURCE.length))
    super(SOURCE + btoa(source.replace('log_warn:', `get_log_level: () => ${LOG_LEVEL}, log_warn:`)), options)
  }
}

export const subject = extismSubject(true)
