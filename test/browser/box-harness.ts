/**
 * A real box of the built library, its own database each time, and packages from a line of code. Every box of a test is disposed and its
 * database deleted afterwards, and no frame may be left in the page.
 */
import type { Decision, Extension, Glovebox, GloveboxOptions, LimitDetail, LogDetail, PromptRequest } from 'glovebox'
import { createGlovebox } from 'glovebox'
import { afterEach, expect } from 'vitest'
import { keepProcess } from './keep-process.ts'

keepProcess()

const open: { readonly box: Glovebox; readonly name: string }[] = []
let count = 0
let keepsFrames = false

/** For a file whose tests share one box, which it disposes itself. */
export function keepFrames(): void {
  keepsFrames = true
}

afterEach(async () => {
  for (const { box } of open) box.dispose()
  for (const { name } of open.splice(0)) indexedDB.deleteDatabase(`glovebox:${name}`)
  if (!keepsFrames) expect(document.querySelectorAll('iframe[title=glovebox]').length, 'frames left in the page').toBe(0)
})

export function uniqueName(): string {
  return `test-${Date.now()}-${++count}`
}

/** Answers every prompt the same way, and keeps what was asked. */
export function answering(decision: Decision): { readonly prompt: (request: PromptRequest) => Promise<Decision[]>; readonly requests: PromptRequest[] } {
  const requests: PromptRequest[] = []
  return {
    requests,
    prompt: async (request) => {
      requests.push(request)
      return request.permissions.map(() => decision)
    },
  }
}

/** A start that takes longer than an app would wait says nothing here: the machine may be slow, and busy with loops that an engine does not end. */
const PATIENCE_MS = 20_000
/** WebKit sometimes loses a frame's handshake (once in hundreds of frames): the box makes another, and the test must have time left for it. */
const HANDSHAKE_MS = 8_000

/** A box in development trust that says yes for the session, in memory unless told otherwise. */
export async function openBox(options: Partial<GloveboxOptions> = {}): Promise<Glovebox> {
  const name = options.name ?? uniqueName()
  const box = await createGlovebox({
    trust: { kind: 'development' }, prompt: answering('session').prompt, store: 'memory', console: 'off', startTimeoutMs: HANDSHAKE_MS,
    ...options, limits: { startMs: PATIENCE_MS, ...options.limits }, name,
  })
  open.push({ box, name })
  return box
}

export interface TestPackage {
  readonly manifest: Record<string, unknown>
  readonly files: Record<string, string | Uint8Array>
}

/** A package whose main module is `code`; further files and manifest fields as needed. */
export function pkg(code: string, manifest: Record<string, unknown> = {}, files: Record<string, string | Uint8Array> = {}): TestPackage {
  const all = { 'main.js': code, ...files }
  return {
    manifest: { id: 'com.example.test', name: 'Test', version: '1.0.0', lane: 'script', entry: 'main.js', files: Object.keys(all), ...manifest },
    files: all,
  }
}

/** A fresh box with `code` installed. */
export async function run(code: string, manifest: Record<string, unknown> = {}, options: Partial<GloveboxOptions> = {}): Promise<Extension> {
  const box = await openBox(options)
  return box.install(pkg(code, manifest))
}

/** The code of what `promise` rejects with; fails when it does not. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await failure(promise)
  return String(Reflect.get(Object(error), 'code') ?? error)
}

export async function failure(promise: Promise<unknown>): Promise<Error & { readonly [field: string]: unknown }> {
  const result = await promise.then((value) => ({ value }), (error: unknown) => ({ error }))
  if ('error' in result) return result.error as Error & { readonly [field: string]: unknown }
  throw new Error(`Expected a rejection, got ${JSON.stringify(result.value)}.`)
}

export function logsOf(target: Extension | Glovebox): LogDetail[] {
  const lines: LogDetail[] = []
  target.addEventListener('log', ({ detail }) => lines.push(detail))
  return lines
}

export function limitsOf(target: Extension | Glovebox): LimitDetail[] {
  const limits: LimitDetail[] = []
  target.addEventListener('limit', ({ detail }) => limits.push(detail))
  return limits
}

/** Resolves when `condition` holds; for effects that have no event of their own. */
export async function until(condition: () => boolean | Promise<boolean>, what: string, ms = 5_000): Promise<void> {
  const end = performance.now() + ms
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`Waited ${ms} ms in vain for: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
