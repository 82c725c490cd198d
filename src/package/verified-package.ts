/** A package whose bytes, digest and trust were verified. verify.ts is the only maker: the brand keeps everything else from compiling. */
import type { Digest } from '../manifest/digest.ts'
import type { ExtensionIdentity, ExtensionKey } from '../manifest/identity.ts'
import type { PackageManifest } from '../manifest/manifest.ts'
import type { TrustKind } from './trust.ts'

declare const verified: unique symbol

export interface VerifiedPackage {
  readonly [verified]: true
  readonly identity: ExtensionIdentity
  readonly key: ExtensionKey
  readonly manifest: PackageManifest
  readonly digest: Digest
  /** By path. Borrowed: never write to these bytes or transfer their buffers; copy first. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>
  /** No signer vouches for it; always true until signatures exist. */
  readonly unsigned: boolean
  /** Under which kind of policy it was let in; belongs into the install record. */
  readonly trustKind: TrustKind
}
