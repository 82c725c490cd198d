/**
 * Reads what an extension returned. Whatever does not have the expected form becomes a harmless default: a tool of the gallery never
 * breaks because a guest answered nonsense.
 */
export type Fields = ReadonlyMap<string, unknown>

export function fields(value: unknown): Fields {
  return new Map(typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [])
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

export function number(value: unknown): number {
  return typeof value === 'number' ? value : 0
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
