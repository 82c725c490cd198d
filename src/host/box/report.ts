/** What this page gives its extensions, in data: for the app's own diagnostics, and for users who must be able to trust it. */
import type { EngineFeatures } from '../../engine/features.ts'
import { chooseWaiting, type WaitingChoice } from '../../lane/waiting.ts'
import type { Meters } from '../../limit/meters.ts'
import type { SubjectLimits } from '../../limit/subject.ts'
import type { Usage } from '../../limit/usage.ts'
import type { Digest } from '../../manifest/digest.ts'
import type { Limits } from '../../manifest/limits.ts'
import type { Lane } from '../../manifest/manifest.ts'
import type { HostPolicy, TriedPolicy } from '../../manifest/policy.ts'
import type { ExtensionState } from '../events.ts'
import type { ResolvedOptions } from '../options.ts'
import type { RunningExtension } from '../extension/running-extension.ts'

export interface Report {
  readonly isolation: {
    readonly kind: 'file-frame' | 'srcdoc-frame' | 'page-worker'
    /** What the chosen isolation does not hold, in a sentence each; empty for the full one. */
    readonly givesUp: readonly string[]
  }
  readonly store: { readonly kind: 'indexeddb' | 'memory'; readonly persists: boolean }
  readonly trust: { readonly kind: 'development' | 'digests'; readonly runsUnsigned: boolean }
  readonly prompt: boolean
  readonly permissions: {
    /** `observe`: everything is allowed. */
    readonly mode: 'enforce' | 'observe'
    readonly policy: HostPolicy | null
    /** The policy that is only tried. */
    readonly reportOnly: TriedPolicy | null
  }
  readonly lanes: {
    readonly script: { readonly engine: 'quickjs-wasm'; readonly reason: string }
    /** Components and core modules run natively. `waiting`: what an import does that has to wait for the host. */
    readonly component: WaitingChoice
    readonly core: WaitingChoice
  }
  /** Whom the extensions work for, and what they use of its limits. Storage: `box.usage()`. */
  readonly subject: { readonly id: string; readonly limits: SubjectLimits; readonly used: Usage } | null
  readonly extensions: readonly ReportedExtension[]
  /** Records that could not be restored: what, and why. */
  readonly problems: readonly { readonly id: string; readonly origin: string; readonly code: string; readonly message: string }[]
}

export interface ReportedExtension {
  readonly id: string
  readonly origin: string
  readonly digest: Digest
  readonly unsigned: boolean
  readonly trustKind: string
  readonly lane: Lane
  readonly lifetime: 'session' | 'call'
  readonly state: ExtensionState
  readonly limits: {
    /** By the manifest. */
    readonly asked: Partial<Limits>
    /** Under the host's policy. */
    readonly granted: Limits
    /** What the page itself counts; what is stored is in `extension.usage()`. */
    readonly used: Usage
  }
}

const GIVEN_UP: Readonly<Record<Report['isolation']['kind'], readonly string[]>> = Object.freeze({
  'file-frame': [],
  'srcdoc-frame': ["The frame inherits the page's policy: a policy that allows the network allows it to code that escaped the engine."],
  'page-worker': [
    "Code that escaped the engine has the page's origin: its IndexedDB, caches and OPFS.",
    "Code that escaped the engine can send requests with the user's cookies to the page's origin, unless the page's policy forbids it.",
  ],
})

export interface Reported {
  readonly options: ResolvedOptions
  readonly ring: Report['isolation']['kind']
  readonly features: EngineFeatures
  readonly meters: Meters
  readonly running: readonly RunningExtension[]
  readonly problems: Report['problems']
}

export function createReport({ options, ring, features, meters, running, problems }: Reported): Report {
  const { trust, store, prompt, given, rules, subject } = options
  return {
    isolation: { kind: ring, givesUp: GIVEN_UP[ring] },
    store: { kind: store, persists: store === 'indexeddb' },
    trust: { kind: trust.kind, runsUnsigned: trust.kind === 'development' },
    prompt: prompt !== undefined,
    permissions: { mode: given.permissions, policy: rules.policy ?? null, reportOnly: rules.trial?.policy ?? null },
    lanes: {
      script: { engine: 'quickjs-wasm', reason: 'WebAssembly is present' },
      component: chooseWaiting(features),
      core: chooseWaiting(features),
    },
    subject: subject === undefined ? null : { id: subject.id, limits: subject.limits ?? {}, used: meters.subjectUsage() },
    extensions: running.map(({ pkg, lifecycle, limits, usedNow }) => ({
      ...pkg.identity, digest: pkg.digest, unsigned: pkg.unsigned, trustKind: pkg.trustKind, lane: pkg.manifest.lane,
      lifetime: pkg.manifest.lifetime, state: lifecycle.state, limits: { asked: pkg.manifest.limits, granted: limits, used: usedNow },
    })),
    problems,
  }
}
