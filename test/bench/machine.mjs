// @ts-check
/** What the machine does besides: read before each page, and waited for. Linux only; elsewhere nothing is known and nothing waited for. */
import { readFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'

const SAMPLE_MS = 500
const QUIET_SHARE = 0.25
const PATIENCE_MS = 12_000

/** Share of all cores that was busy during the last sample, 0 to 1. */
async function busyShare() {
  const before = readTicks()
  await wait(SAMPLE_MS)
  const after = readTicks()
  return before === undefined || after === undefined ? 0 : 1 - (after.idle - before.idle) / Math.max(1, after.total - before.total)
}

function readTicks() {
  try {
    const fields = readFileSync('/proc/stat', 'utf8').split('\n')[0]?.trim().split(/\s+/).slice(1, 9).map(Number) ?? []
    return { total: fields.reduce((sum, ticks) => sum + ticks, 0), idle: (fields[3] ?? 0) + (fields[4] ?? 0) }
  } catch {
    return undefined
  }
}

/** Waits until others leave the processor alone, at most 12 s. Resolves to the share that was still busy. */
export async function untilQuiet() {
  const end = performance.now() + PATIENCE_MS
  let busy = await busyShare()
  while (busy > QUIET_SHARE && performance.now() < end) busy = await busyShare()
  return busy
}

export function describeMachine() {
  const [first] = cpus()
  return `${cpus().length} x ${first?.model ?? 'unknown processor'}, load average ${loadavg().map((load) => load.toFixed(1)).join(' ')}`
}
