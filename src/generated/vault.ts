/** Made from wit/vault.wit by `npm run generate`. Do not edit. */
import type { CallError } from './types.ts'

/** 1 to 64 lowercase letters, digits, dots, dashes and underscores. */
export type Name = string

/**
 * Secrets of the extension's own, encrypted at rest and kept until it is uninstalled. Reading needs the permission `vault:read`, writing
 * `vault:write`; a permission's scope is a list of names. To send a secret that the app has bound (`vault:use`), its own or one that the app
 * shares, name it in a request's header `x-glovebox-secret`: the host takes that header away and sets the bound one.
 */
export interface Vault {
  /** None where there is no such secret. */
  get(name: Name): Result<string | undefined, CallError>

  /** 1 to 4096 characters. An extension may keep 64 of them. */
  set(name: Name, value: string): Result<undefined, CallError>

  /** True when there was something to delete. */
  delete(name: Name): Result<boolean, CallError>

  /** The names that the grant covers, in order. */
  list(): Result<readonly string[], CallError>
}

export type Result<T, E> = { readonly tag: 'ok'; readonly val: T } | { readonly tag: 'err'; readonly val: E }
