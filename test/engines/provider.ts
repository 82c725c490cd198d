/**
 * What the two providers share: vitest opens one runner page an engine and asks for nothing else of it. Locators and userEvent of
 * vitest's `page` work with playwright only; tests that run in every engine use the DOM.
 */
import { defineBrowserProvider } from '@vitest/browser'
import type { BrowserCommand, BrowserProviderOption } from 'vitest/node'

export interface Size { readonly width: number; readonly height: number }

/** One running browser with one window. */
export interface Engine {
  open(url: string): Promise<void>
  resize(size: Size): Promise<void>
  /** Ends every process and removes the profile. Does not reject. */
  close(): Promise<void>
}

/** A provider whose engine starts with the first page and ends with the project. */
export function createProvider(name: string, launch: () => Promise<Engine>): BrowserProviderOption<object> {
  return defineBrowserProvider({
    name,
    providerFactory: (project) => {
      let engine: Promise<Engine> | undefined
      const resize: BrowserCommand<[Size]> = async (_context, size) => { await (await engine)?.resize(size) }
      // The one command that vitest's own runner page sends.
      registerViewport(project.browser, resize)
      return {
        name,
        supportsParallelism: false,
        getCommandsContext: () => ({}),
        openPage: async (_session, url) => {
          engine ??= launch()
          await (await engine).open(url)
        },
        close: async () => {
          const running = engine
          engine = undefined
          await running?.then((started) => started.close(), () => undefined)
        },
      }
    },
  })
}

interface CommandRegistry { registerCommand(name: '__vitest_viewport', command: BrowserCommand<[Size]>): void }

/** The command's name is vitest's own and in no public type. */
function registerViewport(registry: unknown, command: BrowserCommand<[Size]>): void {
  if (!isCommandRegistry(registry)) throw new TypeError('vitest has no browser server to register a command with')
  registry.registerCommand('__vitest_viewport', command)
}

function isCommandRegistry(value: unknown): value is CommandRegistry {
  return typeof value === 'object' && value !== null && 'registerCommand' in value && typeof value.registerCommand === 'function'
}
