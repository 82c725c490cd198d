// @ts-check
/**
 * What is measured, in one shape, so that the same programs run glovebox and what people would use instead.
 *
 * @typedef {object} Instance
 * @property {(value: any) => Promise<any>} echo  through the code of the guest, there and back
 * @property {() => Promise<unknown>} [ask]  a call in which the guest asks the page for something
 * @property {() => unknown} stop
 *
 * @typedef {object} Subject
 * @property {(index: number) => Promise<Instance>} open  one more instance, of its own memory, that is ready to be called
 * @property {() => Record<string, number>} [timing]  more about the first one
 * @property {boolean} [isSmallOnly]  no large values, and few instances
 * @property {import('./guest.js').Guest} [guest]  a guest in WebAssembly that glovebox runs
 * @property {() => Promise<Web>} [openWeb]  one that runs web-guest.js, and Markdown
 * @property {boolean} [isMarkdownOnly]  it has nothing of the web's API
 *
 * @typedef {object} Web
 * @property {(name: string, ...args: readonly string[]) => Promise<number>} call
 */

/** The code that all of them run. */
export const ECHO_SOURCE = 'export const echo = (value) => value'
