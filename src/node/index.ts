/** `glovebox/node`: what extension authors need in Node. The only part of the package that runs there. */
export { pack, type PackedPackage } from './pack.ts'
export { prepare, type PreparedPackage, type PrepareOptions } from './prepare.ts'
export { types, type TypesOptions } from './types.ts'
export type { ManifestFile } from '../manifest/manifest.ts'
export type { Digest } from '../manifest/digest.ts'
export { GloveboxError, isGloveboxError, LaneError, LimitError, ManifestError, PackageError } from '../errors.ts'
