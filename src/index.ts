/** The public API. */
export { createGlovebox, type Glovebox, type InstallOptions } from './host/glovebox.ts'
export type { CallOptions, Exports, Extension, Permissions } from './host/extension.ts'
export type { GloveboxOptions } from './host/options.ts'
export type { Report, ReportedExtension } from './host/report.ts'
export type { ExtensionState, GloveboxEventMap, LimitDetail, LogDetail, LogLevel, PermissionDetail, StateDetail } from './host/events.ts'
export type { Decision, Prompt, PromptExtension, PromptPermission, PromptRequest } from './permission/prompt.ts'
export type { PermissionStatus } from './permission/extension-permissions.ts'
export type { PermissionState } from './permission/entry.ts'
export type { PackageSource } from './package/source.ts'
export type { TrustPolicy } from './package/trust.ts'
export type { Digest } from './manifest/digest.ts'
export type { Limits } from './manifest/limits.ts'
export type { PackageManifest } from './manifest/manifest.ts'
export type { HttpScope, Permission, PermissionName, Scope, StorageScope } from './manifest/permission.ts'
export {
  DisposedError, GloveboxError, GuestError, isGloveboxError, LaneError, LimitError, ManifestError, PackageError, PermissionError, PolicyError, WireError,
} from './errors.ts'
export type { ErrorCode } from './errors.ts'
