/** `glovebox/ui`: elements for the page around a box, and what they clean strangers' text with. Importing it defines them; without a document it does nothing. */
import { defineElement } from './base.ts'
import { GloveboxConsent } from './consent/element.ts'
import { GloveboxInspector } from './inspector/element.ts'

export { consentDialog, type ConsentDialogOptions } from './consent/dialog.ts'
export { GloveboxConsent } from './consent/element.ts'
export type { ConsentOptions } from './consent/options.ts'
export type { InspectedBox, InspectedExtension } from './inspector/box.ts'
export { GloveboxInspector, type InspectorTab } from './inspector/element.ts'
export type { GivenWords } from './given-words.ts'
export { INSPECTOR_WORDS, type InspectorWords } from './inspector/words.ts'
export { CONSENT_WORDS, type ConsentDuration, type ConsentWords, type ScopeLabel } from './words.ts'
export { RISK_LEVELS, type PermissionWords, type RiskLevel } from './risk.ts'
export type { Suspicion } from './suspicion.ts'
export { shortDigest } from './short-digest.ts'
export { cleanText, type CleanTextOptions } from '../util/text.ts'

defineElement('glovebox-consent', GloveboxConsent)
defineElement('glovebox-inspector', GloveboxInspector)
