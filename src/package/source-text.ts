/** Text of a module or JSON file of a package. Fatal: a replacement character would be other code than the author wrote. */
import { PackageError } from '../errors.ts'
import type { VerifiedPackage } from './verified-package.ts'

/**
 * The file as text, without a byte order mark.
 * @throws {PackageError} file-missing; syntax-error when it is not UTF-8
 */
export function sourceText(pkg: Pick<VerifiedPackage, 'files'>, path: string): string {
  const bytes = pkg.files.get(path)
  if (bytes === undefined) throw new PackageError('file-missing', `The package holds no file ${JSON.stringify(path)}.`, { details: { path } })
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new PackageError('syntax-error', `${JSON.stringify(path)} is not UTF-8 text; save it as UTF-8.`, { cause, details: { file: path } })
  }
}
