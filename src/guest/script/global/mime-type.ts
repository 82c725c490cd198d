/** MIME types of bodies, parsed as the web does. https://mimesniff.spec.whatwg.org/#parsing-a-mime-type */

export interface MimeType {
  readonly essence: string
  /** Names in lower case; the first of a name counts. */
  readonly parameters: ReadonlyMap<string, string>
}

const ESSENCE = /^[!#$%&'*+\-.^_`|~\w]+\/[!#$%&'*+\-.^_`|~\w]+$/
const TOKEN = /^[!#$%&'*+\-.^_`|~\w]+$/
/** One parameter after its semicolon: a quoted value, whatever follows it, or one up to the next semicolon. */
const PARAMETER = /;[\t\n\r ]*([^=;]*)(?:=(?:"((?:[^"\\]|\\.)*)"?[^;]*|([^;]*)))?/gsy

/** The type of a Content-Type header, whose last usable value counts; undefined where there is none. */
export function parseMimeType(header: string | null): MimeType | undefined {
  if (header === null) return undefined
  return splitValues(header).map(parseOne).findLast((type) => type !== undefined)
}

export function serializeMimeType({ essence, parameters }: MimeType): string {
  const parts = [...parameters].map(([name, value]) => `;${name}=${TOKEN.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`}`)
  return essence + parts.join('')
}

/** At commas outside of quotes. */
function splitValues(header: string): string[] {
  return header.match(/(?:[^",]|"(?:[^"\\]|\\.)*"?)+/gs) ?? []
}

function parseOne(text: string): MimeType | undefined {
  const trimmed = text.trim()
  const end = trimmed.indexOf(';')
  const essence = (end < 0 ? trimmed : trimmed.slice(0, end)).trimEnd().toLowerCase()
  if (!ESSENCE.test(essence)) return undefined
  const parameters = new Map<string, string>()
  for (const [, key = '', quoted, plain] of end < 0 ? [] : trimmed.slice(end).matchAll(PARAMETER)) {
    const name = key.toLowerCase()
    const value = quoted === undefined ? plain?.trimEnd() ?? '' : quoted.replace(/\\(.)/gs, '$1')
    const isUsable = TOKEN.test(name) && (quoted !== undefined || value !== '') && !/[^\t\x20-\x7e\x80-\xff]/.test(value)
    if (isUsable && !parameters.has(name)) parameters.set(name, value)
  }
  return { essence, parameters }
}
