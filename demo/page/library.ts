/** The one place where the gallery meets the library: how its box is made. */
import { createGlovebox } from 'glovebox'
import type { Glovebox, HostFunction } from 'glovebox'
import { consentDialog } from 'glovebox/ui'
import { list, text } from './guest-value.ts'
import { KNOWN_NAMES } from './sample/names.ts'

export type { Decision, Extension, Glovebox, LogDetail, PromptRequest } from 'glovebox'

/** Lent to one extension: which of these words are names of people? */
const NAMES: HostFunction = {
  extensions: ['dev.glovebox.redact'],
  params: ['json'],
  result: 'json',
  run: ([words]) => list(words).filter((word) => KNOWN_NAMES.has(text(word))),
}

/** The library's frame, worker and engine are served from /glovebox/; packages are unsigned, so this box trusts them for development only. */
export function openBox(): Promise<Glovebox> {
  return createGlovebox({
    name: 'gallery',
    trust: { kind: 'development' },
    console: 'off', // the inspector shows the log
    prompt: consentDialog(),
    functions: { 'extism:host/user': { known_names: NAMES } },
    assets: new URL('/glovebox/', location.href),
  })
}
