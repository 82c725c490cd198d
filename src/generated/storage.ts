/** Made from wit/storage.wit by `npm run generate`. Do not edit. */
import type { CallError } from './types.ts'

/** 1 to 1024 UTF-16 units. */
export type Key = string

/** Bytes. A script extension sets structured values as well; bytes are its `Uint8Array`. */
export type Value = Uint8Array

/** Grows with every change; one key never has the same version twice. 0 stands for a key that is not there. */
export type Version = bigint

export interface Entry {
  readonly value: Value
  readonly version: Version
}

export interface KeyPage {
  /** In code-unit order. */
  readonly keys: readonly Key[]
  /** Where the next page begins; none after the last. */
  readonly cursor: string | undefined
}

/**
 * Keys and values of the extension's own, kept until it is uninstalled. Reading needs the permission `storage:read`, writing `storage:write`;
 * a permission's scope is a set of key prefixes.
 */
export interface Storage {
  /** None where there is no such key. */
  get(key: Key): Result<Entry | undefined, CallError>

  /** Gives the new version. With `if-version`, only when the key is at that version: else fails with `version-conflict`. */
  set(key: Key, value: Value, ifVersion: Version | undefined): Result<Version, CallError>

  /** True when there was something to delete. */
  delete(key: Key, ifVersion: Version | undefined): Result<boolean, CallError>

  /** Keys that begin with `prefix`, at most `limit` (1 to 1000). */
  list(prefix: string, cursor: string | undefined, limit: number): Result<KeyPage, CallError>
}

export type Result<T, E> = { readonly tag: 'ok'; readonly val: T } | { readonly tag: 'err'; readonly val: E }
