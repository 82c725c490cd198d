/**
 * Holds the words of this project to those of wit/, at compile time: a code, a permission or a state that only one side knows fails here.
 * Types only.
 */
import type { LimitErrorCode, PermissionErrorCode } from '../errors.ts'
import type * as WitPermission from '../generated/permission.ts'
import type * as WitTypes from '../generated/types.ts'
import type { PermissionName } from '../manifest/permission.ts'
import type { CapabilityErrorCode } from './capability.ts'

/** Every code that a capability's rejection may carry to a guest. */
export type CallErrorCode =
  | CapabilityErrorCode
  | PermissionErrorCode
  | Extract<LimitErrorCode, GuestLimitCode>

type GuestLimitCode =
  | 'rate-limit' | 'body-too-large' | 'deadline-exceeded' | 'quota-exceeded' | 'message-too-large' | 'too-many-handles' | 'queue-full' | 'link-depth'

type Agree<A, B> = [A] extends [B] ? ([B] extends [A] ? true : { readonly missing: Exclude<B, A> }) : { readonly extra: Exclude<A, B> }
type Expect<T extends true> = T
/** `http-read`, since WIT names hold no colon. */
type Kebab<T extends string> = T extends `${infer Area}:${infer Action}` ? `${Area}-${Action}` : T

export type WitAgreement = readonly [
  Expect<Agree<WitTypes.ErrorCode, CallErrorCode>>,
  Expect<Agree<WitPermission.PermissionName, Kebab<PermissionName>>>,
]
