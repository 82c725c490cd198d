/**
 * Makes a stranger's text fit to stand beside the host's own: in a consent dialog, a log line, a console. What would move the cursor,
 * reverse the reading direction or hide is shown as an escape; look-alike letters stay, the caller names the id and origin beside them.
 */

// C0, DEL and C1; soft hyphen; Arabic letter mark; fillers; zero width and direction marks; line and paragraph separators;
// embeddings and overrides; invisible operators and isolates; BOM; interlinear and tag characters; halves of surrogate pairs.
const UNSAFE = new RegExp(
  '[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u115f\\u1160\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0' +
    '\\ufff9-\\ufffb\\u{e0000}-\\u{e007f}\\ud800-\\udfff]',
  'gu',
)

export interface CleanTextOptions {
  /** Leave line feeds and tabs as they are (a log entry); default false (a name, a reason). */
  readonly keepsLines?: boolean
}

/**
 * `text` with control, direction and invisible characters as visible escapes (`\u202e`), at most `maxChars` UTF-16 units long;
 * what was cut ends in an ellipsis. Never splits a surrogate pair or an escape.
 */
export function cleanText(text: string, maxChars: number, options: CleanTextOptions = {}): string {
  // Escaping never shortens, so only this much can matter: a stranger's 100 MB are not searched.
  const head = text.slice(0, maxChars + 1)
  const isCut = text.length > head.length
  const clean = head.replace(UNSAFE, (char) => (options.keepsLines === true && (char === '\n' || char === '\t') ? char : escapeChar(char)))
  return clean.length > maxChars || isCut ? cut(clean, maxChars) : clean
}

function escapeChar(char: string): string {
  const code = char.codePointAt(0) ?? 0
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`
}

function cut(text: string, maxChars: number): string {
  if (maxChars < 1) return ''
  const head = text.slice(0, maxChars - 1)
  return `${head.replace(/[\ud800-\udbff]$|\\(?:u(?:[0-9a-f]{0,3}|\{[0-9a-f]*))?$/, '')}\u2026`
}
