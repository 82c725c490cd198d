/**
 * What is changed in the transpiler's code by text: it is a module of its own, and version 0.15 of jco makes mistakes. Each change is for code
 * as that version writes it; what it makes is parsed afterwards.
 */

/** The default for its first parameter; a classic script does not parse with it, and it is never used. */
const FETCHING_DEFAULT = 'if (!getCoreModule) getCoreModule = (name) => fetchCompile(new URL(`./${name}`, import.meta.url));'
const ENTRY = 'export function instantiate('
/** With streams in its types it is indented. */
const TRAILER = 'export const _util = '
/** `async` is missing before static functions of resources that wait, in which there is `await`. */
const STATIC = new RegExp(
  String.raw`(\n\s*[\w$]+\.[\w$]+ = )(function [\w$]+\([\w$, ]*\) \{`
    + String.raw`\s+const hostProvided = false;[^{}]+\{\s+componentIdx: \d+,\s+isAsync: false,\s+isManualAsync: true,)`,
  'g',
)
/** The resources of a list are made in one scope: disposing of any would dispose of the last. */
const RESOURCE = /\bvar (handle\d+) = ([^;\n]+;\s+)var (rsc\d+) = new\.target\b/g

/** A script's text, with a function `instantiate`. */
export function mendCode(source: string): string {
  const end = source.lastIndexOf(TRAILER)
  return (end === -1 ? source : source.slice(0, end))
    .replace(ENTRY, 'function instantiate(')
    .replace(FETCHING_DEFAULT, '')
    .replace(STATIC, '$1async $2')
    .replace(RESOURCE, 'const $1 = $2const $3 = new.target')
}
