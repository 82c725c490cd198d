/** A scope in one line, for the list of permissions. The consent dialog is the library's and shows it in full. */
import type { PromptRequest } from '../library.ts'

type Asked = PromptRequest['permissions'][number]

/** The scope exactly, in words. */
export function describeScope({ name, scope }: Pick<Asked, 'name' | 'scope'>): string {
  if ('origins' in scope) {
    const verb = name === 'http:write' ? 'Send data to' : 'Read from'
    return `${verb} ${scope.origins.join(', ')}${scope.redirects ? ', following redirects' : ''}`
  }
  if ('directories' in scope) return `${name === 'file:write' ? 'Keep' : 'Read'} files of its own in ${scope.directories.join(', ')}`
  if ('prefixes' in scope) {
    const verb = name === 'storage:write' ? 'Store' : 'Read stored'
    return `${verb} values under ${scope.prefixes.map((prefix) => (prefix === '' ? 'any key' : `\u201c${prefix}\u201d`)).join(', ')}`
  }
  const names = Object.values(scope).flat().filter((value) => typeof value === 'string')
  return `${name}${names.length > 0 ? `: ${names.join(', ')}` : ''}`
}
