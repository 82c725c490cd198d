// @ts-check
/**
 * Memory of the browser's content processes, from /proc: the proportional set size counts shared pages once. `measureUserAgentSpecificMemory`
 * would need an isolated page, and leaves out what the engine keeps beside the heaps.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'

const CONTENT = /--type=renderer|-contentproc|WebKitWebProcess/
const MIB = 1024
const SAMPLES = 3
const PAUSE_MS = 400

/** PSS of all content processes below this one, MiB; undefined where /proc does not tell. The least of a few samples. */
export async function contentMemoryMib() {
  const sums = []
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    await wait(PAUSE_MS)
    sums.push(contentProcesses().reduce((sum, pid) => sum + proportionalKib(pid), 0) / MIB)
  }
  const least = Math.min(...sums)
  return least > 0 ? least : undefined
}

function contentProcesses() {
  const parents = new Map(processes().map((pid) => [pid, parentOf(pid)]))
  const isOurs = (/** @type {number | undefined} */ pid) => {
    for (let at = pid; at !== undefined && at > 1; at = parents.get(at)) if (at === process.pid) return true
    return false
  }
  return [...parents.keys()].filter((pid) => isOurs(pid) && CONTENT.test(read(`/proc/${pid}/cmdline`)))
}

function processes() {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number)
  } catch {
    return []
  }
}

/** @param {number} pid */
function parentOf(pid) {
  return Number(/\) \S (\d+)/.exec(read(`/proc/${pid}/stat`))?.[1] ?? 0)
}

/** @param {number} pid */
function proportionalKib(pid) {
  return Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0)
}

/** Empty for a process that is gone by now. @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
