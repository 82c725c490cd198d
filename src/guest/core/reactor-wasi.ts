/**
 * WASI preview 1 for modules that are called, not run: no arguments, no environment, files of the instance's own beside kept directories, what they
 * print goes to the log. None of it waits (a sleep spins for a bounded time), so that their exports stay plain functions.
 */
import { FileSystem } from '../fs/file-system.ts'
import type { Device } from '../fs/device.ts'
import type { KeptDirectories } from '../fs/kept.ts'
import type { Outward } from '../outward.ts'
import { createNeverOutward } from '../wait/never.ts'
import { LinePrinter } from '../wasi/stdio.ts'
import { ENGINE_CLOCK } from '../wasi-p1/clock.ts'
import { Preview1 } from '../wasi-p1/preview1.ts'
import type { Offer } from './link.ts'

export const WASI_MODULE = 'wasi_snapshot_preview1'

const random = crypto.getRandomValues.bind(crypto)

export interface ReactorWasi {
  readonly offer: Offer
  bind(instance: WebAssembly.Instance): void
  /** Prints what was written without the end of its line. */
  flush(): void
  end(): void
}

export function createReactorWasi(outward: Outward, kept: KeptDirectories | undefined): ReactorWasi {
  const [stdout, stderr] = [new LinePrinter(outward, 'info'), new LinePrinter(outward, 'error')]
  const never = createNeverOutward((level, text) => outward.log(level, text))
  const fs = new FileSystem({ now: ENGINE_CLOCK.wall })
  const wasi = new Preview1({
    args: ['module'], env: [], stdout: deviceOf(stdout), stderr: deviceOf(stderr), fs,
    preopens: [{ name: '/', directory: fs.openRoot('read-write') }, ...(kept?.preopens() ?? [])], clock: ENGINE_CLOCK, random, outward: never,
  })
  return {
    offer: offerPreview1(wasi),
    bind: (instance) => void wasi.bind(instance),
    flush: () => {
      stdout.flush()
      stderr.flush()
    },
    end: () => wasi.dispose(),
  }
}

function offerPreview1({ functions }: Preview1): Offer {
  return (module, name) => {
    const found = module === WASI_MODULE ? functions.get(name) : undefined
    if (found === undefined) return undefined
    const { parameters, run } = found
    const params = parameters.map((parameter) => (parameter === 'i64' ? 'I' : 'i')).join('')
    return { type: `${params}>${name === 'proc_exit' ? '' : 'i'}`, run: (...values: never[]) => run(...values) }
  }
}

function deviceOf(printer: LinePrinter): Device {
  return { kind: 'device', write: (bytes) => printer.write(bytes) }
}
