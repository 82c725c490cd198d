/**
 * Makes `dist/`. Everything that the library loads at run time lies flat beside `index.js`, named by `new URL('./x', import.meta.url)`:
 * those expressions stay as written, for the user's bundler (or plain server) to resolve.
 */
import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type InputOptions, type OutputOptions, type Plugin, rolldown } from 'rolldown'
import { bundlePrelude } from './guest-bundle.ts'
import { bakeImage } from './image.ts'
import { writeLicenses } from './licenses.ts'
import { transpilerModules, transpilerPlugin } from './transpiler-plugin.ts'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const DIST = join(ROOT, 'dist')
const SOURCE = join(ROOT, 'src')

/** Subpath exports: `./ui` of the package is `ui` here. Keep `exports` of package.json in step. */
const ENTRIES = { index: 'index.ts' } as const
/** Entries in `src/guest/`. */
const WORKERS = ['script.worker', 'core.worker', 'prepare.worker', 'component.worker'] as const
/** Each in one file: what it shares with the library is a few lines, and the library's own entry must not grow by a chunk. */
const SINGLE_ENTRIES = { ui: 'ui/index.ts' } as const
/** For Node: `./node` and the command line. */
const NODE_ENTRIES = { node: 'node/index.ts', cli: 'node/cli.ts' } as const

/**
 * Replaces `dist/` (without types, see types.ts). The folder changes at once and only after everything was built: a browser that loads from it
 * meanwhile, or a build that fails, sees the old one whole.
 */
export async function buildLibrary(): Promise<void> {
  const scratch = join(ROOT, `.cache/build-${process.pid}`)
  const [next, previous] = [join(scratch, 'next'), join(scratch, 'previous')]
  try {
    await mkdir(next, { recursive: true })
    await fill(next)
    await rename(DIST, previous).catch(() => undefined)
    await rename(next, DIST)
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

async function fill(folder: string): Promise<void> {
  await buildModules(folder)
  await buildNode(folder)
  await buildScriptTag(folder)
  for (const name of WORKERS) await buildWorker(join(SOURCE, `guest/${name}.ts`), join(folder, `${name}.js`))
  await copyTranspiler(folder)
  await copyFile(join(SOURCE, 'host/frame/frame.html'), join(folder, 'frame.html'))
  await writeQuickJs(join(folder, 'quickjs.wasm'))
  await writeLicenses(join(ROOT, 'node_modules'), join(folder, 'THIRD-PARTY.txt'))
}

async function buildModules(folder: string): Promise<void> {
  const input = Object.fromEntries(Object.entries(ENTRIES).map(([name, file]) => [name, join(SOURCE, file)]))
  await bundle({ input }, {
    dir: folder, format: 'es', minify: true, sourcemap: true, entryFileNames: '[name].js', chunkFileNames: chunkName,
  })
  for (const [name, file] of Object.entries(SINGLE_ENTRIES)) {
    await bundle({ input: join(SOURCE, file) }, { file: join(folder, `${name}.js`), format: 'es', minify: true, sourcemap: true, codeSplitting: false })
  }
}

/** Everything bundled but amaro, which is the user's choice. */
async function buildNode(folder: string): Promise<void> {
  const input = Object.fromEntries(Object.entries(NODE_ENTRIES).map(([name, file]) => [name, join(SOURCE, file)]))
  await bundle({ input, platform: 'node', external: ['amaro'], plugins: [transpilerPlugin()] }, {
    dir: folder, format: 'es', minify: true, sourcemap: true, entryFileNames: '[name].js', chunkFileNames: 'node-[name]-[hash].js',
  })
}

/** Lazily loaded third parties get their own names, not those of the files inside their packages. */
function chunkName(chunk: { readonly facadeModuleId?: string | null }): string {
  const dependency = /.*node_modules\/([^/]+)\//.exec(chunk.facadeModuleId ?? '')?.[1]
  return `${dependency ?? '[name]'}-[hash].js`
}

/** One file with everything in it: a script tag has no modules beside it. Its assets lie beside the script's own URL. */
async function buildScriptTag(folder: string): Promise<void> {
  await bundle(
    { input: join(SOURCE, 'iife.ts'), transform: { define: { 'import.meta.url': '__gloveboxUrl' } } },
    {
      file: join(folder, 'glovebox.iife.js'), format: 'iife', name: 'Glovebox', minify: true, sourcemap: true, codeSplitting: false,
      intro: 'const __gloveboxUrl=document.currentScript?.src||document.baseURI;',
    },
  )
}

/**
 * Builds a classic worker as one self-contained script. The frame starts it from text, so it has no URL of its own: `import.meta` must not
 * survive (a classic script does not parse with it). Tests build their own worker entries with it too.
 */
export async function buildWorker(input: string, file: string): Promise<void> {
  await bundle(
    { input, plugins: [quietGlue(), await lightGlue(), transpilerPlugin()], transform: { define: { 'import.meta.url': '""' } } },
    { file, format: 'iife', minify: { compress: { dropConsole: true }, mangle: true }, sourcemap: false, codeSplitting: false },
  )
}

async function bundle(input: InputOptions, output: OutputOptions): Promise<void> {
  const build = await rolldown({ platform: 'browser', ...input, transform: { target: 'es2022', ...input.transform } })
  try {
    await build.write(output)
  } finally {
    await build.close()
  }
}

/** The engine's glue prints to the console what the guest's worker reports as an error anyway; the parser warns of an option that we set. */
function quietGlue(): Plugin {
  return {
    name: 'quiet-glue',
    transform: {
      filter: { id: /quickjs-wasmfile-release-sync|node_modules\/acorn\//, code: /console\.\w+/ },
      handler: (code) => ({
        code: code.replaceAll(/console\.\w+\.bind\(console\)/g, '()=>{}').replaceAll(/typeof console === "object" && console\.warn/g, 'false'), map: null,
      }),
    },
  }
}

/**
 * The engine's glue binds every function of its C interface when it starts, half of which nobody calls, and knows how pages and workers fetch the
 * module: ours comes compiled.
 */
async function lightGlue(): Promise<Plugin> {
  const called = new Set((await readFile(join(SOURCE, 'guest/script/engine.ts'), 'utf8')).match(/QTS_\w+/g))
  return {
    name: 'light-glue',
    transform: {
      filter: { id: /quickjs-wasmfile-release-sync/, code: /QTS_/ },
      handler: (code) => ({
        code: code.replaceAll(BINDING, (binding, name: string) => (called.has(name) ? binding : ''))
          .replaceAll(/!!globalThis\.(?:window|WorkerGlobalScope)/g, 'false').replaceAll('if(c.instantiateWasm)return', 'return'),
        map: null,
      }),
    },
  }
}

/** In the interface by names, and in the module that it is bound to. */
const BINDING = /(?:this\.|\bc\._)(QTS_\w+)=(?:this\.module\.cwrap\([^)]*\)|\s*b\.[\w$]+);?/g

/** The preparer's worker gets them compiled in its start message; Node compiles them from here. */
async function copyTranspiler(folder: string): Promise<void> {
  const [core, core2] = transpilerModules()
  await copyFile(core, join(folder, 'transpiler.core.wasm'))
  await copyFile(core2, join(folder, 'transpiler.core2.wasm'))
}

async function writeQuickJs(file: string): Promise<void> {
  const source = createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm')
  await writeFile(file, await bakeImage(await readFile(source), await bundlePrelude()))
}
