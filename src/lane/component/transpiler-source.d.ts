/** Made by src/build/transpiler-plugin.ts of `@bytecodealliance/jco-transpile`. */
declare module 'glovebox:transpiler' {
  export interface RawTranspiler {
    generate(component: Uint8Array, options: import('@bytecodealliance/jco-transpile/component').GenerateOptions):
      import('@bytecodealliance/jco-transpile/component').Transpiled
    generateTypes(name: string, options: import('@bytecodealliance/jco-transpile/component').TypeGenerationOptions): [string, Uint8Array][]
  }
  export function createTranspiler(modules: readonly WebAssembly.Module[], wasi: object, console: { error(...values: unknown[]): void }): Promise<RawTranspiler>
}
