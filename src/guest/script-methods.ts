/**
 * What the page may ask of a script worker, over the VM. The page is trusted here; the guest is not, but nothing it says is acted on in
 * this file: values go out as they came from the VM, and the page parses them.
 */
import type { Payload } from '../wire/payload.ts'
import type { Session, SessionMethod } from '../wire/session.ts'
import type { Lent } from './bootstrap.ts'
import { connectFrame } from './script/subtle-service.ts'
import { createScriptVm } from './script/vm.ts'
import type { Region, ScriptVm, VmLimits } from './script/vm-types.ts'
import { toSessionMethods, type LaneMethods } from './session-methods.ts'
import { SessionOutward } from './session-outward.ts'

/** What `boot` takes: the VM's limits and the log's. */
export interface BootOptions {
  readonly limits: VmLimits & { readonly logBytesPerSecond: number }
  readonly region: Region
}

export interface LoadOptions {
  readonly files: ReadonlyMap<string, string>
  readonly entry: string
  /** Source maps by path. */
  readonly maps: ReadonlyMap<string, Uint8Array>
  /** Of the extension's own; none is in a check. */
  readonly directories?: readonly { readonly path: string }[]
  /** What an earlier load of the same package gave, which saves running the main module. */
  readonly image?: ArrayBuffer | undefined
}

export interface CallOptions {
  /** The page's number of the call. */
  readonly id: number
  readonly name: string
  readonly args: Payload
  readonly deadlineMs: number
  /** Id of the extension that calls, where it is one. */
  readonly caller?: string | undefined
}

/** @param engine  the one module of the script worker */
export function createScriptMethods([engine]: readonly WebAssembly.Module[], session: () => Session, { crypto }: Lent = {}): ReadonlyMap<string, SessionMethod> {
  if (crypto !== undefined) connectFrame(crypto)
  let vm: ScriptVm | undefined
  const running = (): ScriptVm => {
    if (vm === undefined) throw new Error('The page called before boot.')
    return vm
  }
  const methods: LaneMethods = {
    async boot({ limits, region }: BootOptions) {
      if (engine === undefined) throw new Error('The start message brought no engine.')
      vm = await createScriptVm({ engine, limits, region, outward: new SessionOutward(session(), limits.logBytesPerSecond) })
      return true
    },
    check: async ({ files, entry, maps }: LoadOptions) => running().check(files, entry, maps),
    /** Resolves with true when the image was of use; else with what the main module threw, or with an image of it, or with undefined. */
    async load({ files, entry, maps, directories = [], image }: LoadOptions) {
      const vm = running()
      vm.setDirectories(directories.map(({ path }) => path))
      if (image !== undefined && vm.loadImage(image, files, entry, maps)) return true
      const error = await vm.load(files, entry, maps)
      return error ?? (image === undefined ? vm.takeImage() : undefined)
    },
    call: ({ id, name, args, deadlineMs, caller }: CallOptions) => running().call(name, args, deadlineMs, id, caller),
    fetch: ({ id, args, deadlineMs }: Omit<CallOptions, 'name'>) => running().fetch(args, deadlineMs, id),
    abort: async ({ id }: Pick<CallOptions, 'id'>) => running().abort(id),
    ended: ({ id }: Pick<CallOptions, 'id'>) => running().ended(id),
    extend: async ({ ms }: { readonly ms: number }) => running().extendDeadlines(ms),
    settled: ({ ms }: { readonly ms: number }) => running().settled(ms),
    snapshot: async () => running().snapshot(),
    reset: async () => running().reset(),
    stats: async () => running().stats(),
    ping: async () => true,
  }
  return toSessionMethods(methods)
}
