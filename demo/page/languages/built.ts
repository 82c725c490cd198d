/** Which of the guests are built, and how large they are; what is missing says the command that makes it. */
import { fields, list, number, text } from '../guest-value.ts'

export interface Built {
  /** 0 where it is not built. */
  readonly bytes: number
  /** The command that builds it; '' where it is. */
  readonly how: string
}

export async function loadBuilt(): Promise<ReadonlyMap<string, Built>> {
  const response = await fetch(new URL('/guests.json', location.href))
  const entries: unknown = await response.json()
  const guests = list(entries).map(fields)
  return new Map(guests.map((guest) => [text(guest.get('name')), { bytes: number(guest.get('bytes')), how: text(guest.get('how')) }]))
}

export function formatBytes(bytes: number): string {
  if (bytes >= 2 ** 20) return `${(bytes / 2 ** 20).toFixed(1)} MiB`
  return `${(bytes / 2 ** 10).toFixed(bytes < 10_240 ? 1 : 0)} KiB`
}
