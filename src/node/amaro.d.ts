/** The part of amaro that is used (https://github.com/nodejs/amaro); it ships no types. */
declare module 'amaro' {
  export function transformSync(source: string, options: { readonly mode: 'strip-only'; readonly filename?: string }): { readonly code: string }
}
