/** wasi:logging and wasi:config, both drafts: https://github.com/WebAssembly/wasi-logging, https://github.com/WebAssembly/wasi-config */
import type { LogLevel } from '../outward.ts'
import type { ImportTable, WasiContext } from './context.ts'

const LEVELS: ReadonlyMap<unknown, LogLevel> = new Map<string, LogLevel>([
  ['trace', 'debug'], ['debug', 'debug'], ['info', 'info'], ['warn', 'warn'], ['error', 'error'], ['critical', 'error'],
])

export function createLogging({ outward }: WasiContext): ImportTable {
  const log = (level: unknown, context: string, message: string): void => {
    outward.log(LEVELS.get(level) ?? 'info', context === '' ? message : `${context}: ${message}`)
  }
  return new Map([['wasi:logging/logging', { log }]])
}

export function createConfig({ config }: WasiContext): ImportTable {
  const store = {
    get: (key: string) => config.get(key),
    getAll: () => [...config],
  }
  return new Map([['wasi:config/store', store], ['wasi:config/runtime', store]])
}
