/** The one place where the gallery meets the library: how its box is made. */
import { createGlovebox } from 'glovebox'
import type { Glovebox } from 'glovebox'
import { askForConsent } from './consent.ts'

export type { Decision, Extension, Glovebox, LogDetail, PromptRequest } from 'glovebox'

/** The library's frame, worker and engine are served from /glovebox/; packages are unsigned, so this box trusts them for development only. */
export function openBox(): Promise<Glovebox> {
  return createGlovebox({
    name: 'gallery',
    trust: { kind: 'development' },
    console: 'off', // the inspector shows the log
    prompt: askForConsent,
    assets: new URL('/glovebox/', location.href),
  })
}
