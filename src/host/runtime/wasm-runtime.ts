/**
 * The runtime of the WebAssembly lanes: prepared once per digest, then a program of the extension's own (its worker's text holds its glue),
 * whose workers live in a frame that has seen no other guest. What makes the program is loaded with the first extension that needs it.
 */
import type { Limits } from '../../manifest/limits.ts'
import type { VerifiedPackage } from '../../package/verified-package.ts'
import { boot } from './boot.ts'
import type { Instance, InstanceOptions } from '../instance/instance.ts'
import type { Program } from '../frame/program.ts'
import type { Ring } from '../frame/ring.ts'
import type { PrepareContext, Runtime } from '../instance/runtime.ts'
import type { ProgramServices, WasmProgram } from './wasm-program.ts'

export interface WasmServices extends ProgramServices {
  /** The box's spare frame, which has seen no guest. */
  readonly takeRing: () => Promise<Ring>
  readonly boot: Pick<InstanceOptions, 'methods' | 'startTimeoutMs' | 'region'>
}

export class WasmRuntime implements Runtime {
  readonly keepsSpare = true
  readonly preloads: boolean
  readonly #pkg: VerifiedPackage
  readonly #limits: Limits
  readonly #services: WasmServices
  #made: Promise<WasmProgram> | undefined

  constructor(pkg: VerifiedPackage, limits: Limits, services: WasmServices) {
    this.#pkg = pkg
    // Kept directories are loaded with the guest: an early copy of them would be an old one.
    const { permissions, optionalPermissions } = pkg.manifest
    this.preloads = ![...permissions, ...optionalPermissions].some(({ name }) => name === 'file:read')
    this.#limits = limits
    this.#services = services
  }

  async prepare(context: PrepareContext): Promise<void> {
    await this.#make(context)
  }

  async first(limits: Limits): Promise<Instance> {
    const { takeRing, openRing } = this.#services
    const made = this.#make()
    made.catch(() => {}) // awaited below, after the frame
    const ring = await takeRing()
    const { program } = await made.catch((error: unknown) => {
      ring.dispose()
      throw error
    })
    return boot({ ring, program, limits, openRing, ...this.#services.boot })
  }

  async program(): Promise<Program> {
    return (await this.#make()).program
  }

  async load(): Promise<object> {
    return (await this.#make()).load
  }

  #make(context: Omit<PrepareContext, 'workbench'> = {}): Promise<WasmProgram> {
    this.#made ??= import('./wasm-program.ts')
      .then(({ makeProgram }) => makeProgram(this.#pkg, this.#limits, this.#services, context))
      .catch((error: unknown) => {
        this.#made = undefined
        throw error
      })
    return this.#made
  }
}
