/** `glovebox/node`: what extension authors need in Node. The only part of the package that runs there. */
export { pack, type PackedPackage } from './pack.ts'
export type { ManifestFile } from '../manifest/manifest.ts'
export type { Digest } from '../manifest/digest.ts'
export { GloveboxError, isGloveboxError, LaneError, ManifestError, PackageError } from '../errors.ts'
