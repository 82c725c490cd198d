import { playwright } from '@vitest/browser-playwright'
import type { BrowserProviderOption } from 'vitest/node'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { findChromium, findFirefox, findWebKit } from './src/build/engines.mjs'
import { rawFilesPlugin } from './src/build/raw-files-plugin.ts'
import { transpilerPlugin } from './src/build/transpiler-plugin.ts'
import { docsPlugin } from './test/docs/plugin.ts'
import { librariesPlugin } from './test/libraries/plugin.ts'
import { packedPlugin } from './test/packed/plugin.ts'
import { watPlugin } from './test/wat/plugin.ts'
import { firefox } from './test/engines/firefox.ts'
import { webkit } from './test/engines/webkit.ts'

/** What makes a page cross-origin isolated, so that it has shared memory. */
const ISOLATING = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp', 'Cross-Origin-Resource-Policy': 'cross-origin' }

/** The same files in every engine. Low parallelism: a page that shares two cores with others measures them instead of itself. */
function browserProject(name: 'chromium' | 'firefox' | 'webkit', provider: BrowserProviderOption): TestProjectInlineConfiguration {
  const isLooping = name !== 'webkit'
  return pageProject(name, name, provider, ['test/browser/**/*.test.ts', 'test/hostile/**/*.test.ts', ...(isLooping ? LOOPS : [])])
}

/** WebKit never frees the thread of a WebAssembly loop without calls: such tests get a browser of their own there, and end with it. */
const LOOPS = ['test/loops/**/*.test.ts']

/** What only an isolated page can do. WebKitGTK has no shared memory without a switch of its own environment. */
function isolatedProject(name: 'chromium' | 'firefox', provider: BrowserProviderOption): TestProjectInlineConfiguration {
  return { ...pageProject(`${name}-isolated`, name, provider, ['test/isolated/**/*.test.ts']), server: { headers: ISOLATING } }
}

function pageProject(
  name: string, browser: 'chromium' | 'firefox' | 'webkit', provider: BrowserProviderOption, include: string[],
): TestProjectInlineConfiguration {
  return {
    extends: true,
    test: {
      include,
      alias: [{ find: /^glovebox$/, replacement: '/dist/index.js' }, { find: /^glovebox\/ui$/, replacement: '/dist/ui.js' }],
      globalSetup: ['test/server/setup.ts'],
      fileParallelism: false,
      testTimeout: 30_000,
      hookTimeout: 30_000,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        fileParallelism: false,
        // Beside the test server's address, so that cookies of one would reach the other.
        api: { host: '127.0.0.1' },
        provider,
        instances: [{ browser, name }],
      },
    },
  }
}

/** Only engines that are installed become projects; `npm test` says which are missing. */
function browserProjects(): TestProjectInlineConfiguration[] {
  const chromium = findChromium().path
  const firefoxBinary = findFirefox().path
  const webkitPrograms = findWebKit()
  return [
    ...(chromium ? [browserProject('chromium', chromiumProvider(chromium)), isolatedProject('chromium', chromiumProvider(chromium))] : []),
    ...(firefoxBinary ? [browserProject('firefox', firefox(firefoxBinary)), isolatedProject('firefox', firefox(firefoxBinary))] : []),
    ...(webkitPrograms.path ? webkitProjects({ ...webkitPrograms, browser: webkitPrograms.path }) : []),
  ]
}

function webkitProjects(programs: Parameters<typeof webkit>[0]): TestProjectInlineConfiguration[] {
  return [browserProject('webkit', webkit(programs)), pageProject('webkit-loops', 'webkit', webkit(programs), LOOPS)]
}

function chromiumProvider(executablePath: string): BrowserProviderOption {
  return playwright({ launchOptions: { executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] } })
}

export default defineConfig({
  plugins: [rawFilesPlugin(), transpilerPlugin(), docsPlugin(), librariesPlugin(), packedPlugin(), watPlugin()],
  server: { host: '127.0.0.1' },
  test: {
    // A second is too little for a worker's start on a busy machine.
    expect: { poll: { timeout: 10_000 } },
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.ts'], environment: 'node', testTimeout: 30_000 } },
      {
        extends: true,
        test: { name: 'package', include: ['test/package/**/*.test.ts'], environment: 'node', testTimeout: 60_000, hookTimeout: 60_000 },
      },
      ...browserProjects(),
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          environment: 'node',
          globalSetup: ['test/e2e/setup.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
