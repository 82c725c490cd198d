/**
 * The name gate. A component's transpiler prints names into JavaScript and escapes not all of them (a core export named `'];steal();//` runs),
 * so a name has only characters that end no string, comment, template or line. A list of what may be, wide enough for what toolchains make:
 * `[method]output-stream.write`, `wasi:io/streams@0.2.3`, `cm32p2|a:b/c|f`, `_ZN4core3ops8function6FnOnce9call_once17h0E`, `$imports`, ``.
 */
import { PackageError } from '../../errors.ts'
import { cleanText } from '../../util/text.ts'
import { decodeName } from './reader.ts'

/** Longer than any mangled name met so far (about 2 000); a name is repeated in the glue. */
const MAX_NAME_BYTES = 16_384
const SHOWN_CHARS = 120

const SAFE: readonly boolean[] = Array.from({ length: 256 }, (_, code) => /[\w.$:/@#|<>[\]()+~=,&?^ -]/.test(String.fromCharCode(code)) && code < 128)

/** As a key of an object literal this one sets the prototype. */
const PROTOTYPE_KEY = '__proto__'

/** Refuses what must not be printed. @throws {PackageError} unsafe-name */
export function checkName(bytes: Uint8Array): void {
  if (bytes.length > MAX_NAME_BYTES) throw unsafe(bytes, `is ${bytes.length} bytes long`)
  for (const byte of bytes) {
    if (SAFE[byte] !== true) throw unsafe(bytes, 'has characters that generated code must not meet')
  }
  if (bytes.length === PROTOTYPE_KEY.length && decodeName(bytes) === PROTOTYPE_KEY) throw unsafe(bytes, 'is no plain name in JavaScript')
}

/** The name's text. @throws {PackageError} unsafe-name */
export function safeName(bytes: Uint8Array): string {
  checkName(bytes)
  return decodeName(bytes)
}

function unsafe(bytes: Uint8Array, what: string): PackageError {
  const shown = cleanText(new TextDecoder().decode(bytes.subarray(0, SHOWN_CHARS)), SHOWN_CHARS)
  return new PackageError('unsafe-name', `The name ${JSON.stringify(shown)} inside the WebAssembly file ${what}.`, { details: { name: shown } })
}
