// What a column holds: its type, and the figures that make sense for it.
const NUMBER = /^-?\d+(\.\d+)?$/
const DATE = /^\d{4}-\d{2}-\d{2}$/

export function toNumber(text) {
  return text === '' ? Number.NEGATIVE_INFINITY : Number(text)
}

export function describeColumn(name, cells) {
  const filled = cells.filter((cell) => cell !== '')
  const type = typeOf(filled)
  const common = { name, type, empty: cells.length - filled.length, distinct: new Set(filled).size }
  if (type === 'number') return { ...common, ...numberFacts(filled.map(Number)) }
  const sorted = [...filled].sort()
  return { ...common, min: sorted[0] ?? '', max: sorted.at(-1) ?? '', histogram: [], top: mostFrequent(filled) }
}

function typeOf(cells) {
  if (cells.length === 0) return 'text'
  if (cells.every((cell) => NUMBER.test(cell))) return 'number'
  return cells.every((cell) => DATE.test(cell)) ? 'date' : 'text'
}

function numberFacts(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const min = sorted[0]
  const max = sorted.at(-1)
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const histogram = new Array(12).fill(0)
  for (const value of values) histogram[max === min ? 0 : Math.min(11, Math.floor(((value - min) / (max - min)) * 12))] += 1
  return { min, max, mean, median: sorted[Math.floor(sorted.length / 2)], histogram, top: null }
}

function mostFrequent(cells) {
  const counts = new Map()
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1)
  const [value, count] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? ['', 0]
  return { value, count }
}
