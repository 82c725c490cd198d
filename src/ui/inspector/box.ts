/** What the inspector needs of a box: types only, so that no second copy of the library comes with it, and an app may hand in less than all. */
import type { Extension } from '../../host/extension/extension.ts'
import type { Glovebox } from '../../host/box/glovebox.ts'
import type { LimitUsage } from '../../limit/usage.ts'

export type InspectedExtension = Pick<Extension, 'id' | 'origin' | 'state' | 'manifest' | 'limits' | 'inspect' | 'usage'> & {
  readonly permissions: Pick<Extension['permissions'], 'query' | 'grants' | 'revoke'>
}

export interface InspectedBox {
  list(): readonly InspectedExtension[]
  readonly audit: Pick<Glovebox['audit'], 'query' | 'export' | 'verify'>
}

/** Of one limit, as gauges show it. */
export interface LimitLevel extends Omit<LimitUsage, 'kind'> {
  readonly limit: string
}
