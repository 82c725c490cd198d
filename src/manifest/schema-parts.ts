/** Pieces of the manifest's schemas, whose messages say what was expected and what came. */
import * as v from 'valibot'
import { describe } from './problem.ts'

type Issue = v.BaseIssue<unknown>

const CONTROL = /[\p{Cc}\p{Cs}]/u

export function text(what: string, accepts: (value: string) => boolean) {
  return v.pipe(v.string(expected(what)), v.check(accepts, expected(what)))
}

export function number(what: string, accepts: (value: number) => boolean) {
  return v.pipe(v.number(expected(what)), v.check(accepts, expected(what)))
}

export function prose(max: number) {
  return text(`text of at most ${max} characters without control characters`, (value) => isLine(value.replace(/[\n\t]/g, ' '), 0, max))
}

export function isLine(value: string, min: number, max: number): boolean {
  return value.trim().length >= min && value.length <= max && !CONTROL.test(value)
}

export function list<Item extends v.GenericSchema<unknown, unknown>>(item: Item, min: number, max: number) {
  const message = expected(`an array of ${min} to ${max}`)
  return v.pipe(
    v.array(item, message),
    v.check((items) => items.length >= min && items.length <= max, message),
  )
}

/** An object of exactly these keys; every unknown key is a problem of its own (valibot's strictObject stops at the first). */
export function strict<Entries extends v.ObjectEntries>(entries: Entries): v.ObjectSchema<Entries, undefined> {
  const unknownKey = v.never(`unknown key; known here: ${Object.keys(entries).join(', ')}`)
  // The same keys and output: what `rest` lets through is nothing, but its type would make every key `never`.
  return v.objectWithRest(entries, unknownKey, objectMessage) as unknown as v.ObjectSchema<Entries, undefined>
}

function objectMessage(issue: Issue): string {
  return issue.path?.at(-1)?.origin === 'key' ? 'expected this key, got nothing; add it' : `expected an object, got ${describe(issue.input)}`
}

export function expected(what: string): (issue: Issue) => string {
  return (issue) => `expected ${what}, got ${describe(issue.input)}`
}
