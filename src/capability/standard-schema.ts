/** Schemas that the app gives, of whichever library speaks Standard Schema: https://standardschema.dev. Extensions supply none. */

/** The part of the Standard Schema interface that is used: version 1. */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
  }
}

export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] }

export interface SchemaIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** Also for schemas that are functions, as those of some libraries are. */
export function isStandardSchema(input: unknown): input is StandardSchema {
  if ((typeof input !== 'object' && typeof input !== 'function') || input === null) return false
  const standard: unknown = Reflect.get(input, '~standard')
  return typeof standard === 'object' && standard !== null && typeof Reflect.get(standard, 'validate') === 'function'
}
