// A chart of ninety-six mountain huts: scales with ticks, an area, a smoothed line, a stack and a pie, as SVG.
import { bin } from 'd3-array'
import { interpolateRgb } from 'd3-interpolate'
import { scaleBand, scaleLinear, scaleLog, scaleOrdinal, scaleSequential, scaleUtc } from 'd3-scale'
import { arc, area, curveMonotoneX, line, pie, stack, symbol, symbolStar } from 'd3-shape'
import HUTS from '../page/sample/huts.csv?raw'

export function run() {
  const [header, ...rows] = HUTS.trim().split('\n').map((row) => row.split(','))
  const huts = rows.map((row) => Object.fromEntries(row.map((cell, column) => [header[column], cell])))
  const regions = [...new Set(huts.map(({ region }) => region))].sort()
  const x = scaleUtc().domain([new Date(Date.UTC(1880, 0)), new Date(Date.UTC(2030, 0))]).range([0, 900]).nice()
  const y = scaleLinear().domain([0, 4000]).range([400, 0]).nice()
  const price = scaleLog().domain([1, 100]).range([2, 12]).clamp(true)
  const color = scaleOrdinal(regions, ['#4269d0', '#efb118', '#ff725c', '#6cc5b0', '#3ca951', '#ff8ab7'])
  const warmth = scaleSequential(interpolateRgb('steelblue', 'tomato')).domain([0, 4000])
  const byYear = [...huts].sort((a, b) => a.opened - b.opened || (a.hut < b.hut ? -1 : 1))
  const at = ({ opened }) => x(Date.UTC(Number(opened), 5))
  const outline = line(at, (hut) => y(hut.altitude_m)).curve(curveMonotoneX)(byYear)
  const ground = area(at, 400, (hut) => y(hut.altitude_m))(byYear)
  const points = byYear.map((hut) => `<path transform="translate(${at(hut)},${y(hut.altitude_m)})" fill="${warmth(hut.altitude_m)}" d="${symbol(symbolStar, price(hut.price_eur) ** 2)()}"/>`)
  const beds = regions.map((region) => huts.filter((hut) => hut.region === region).reduce((total, hut) => total + Number(hut.beds), 0))
  const wedge = arc().innerRadius(40).outerRadius(100).cornerRadius(4).padAngle(0.02)
  const slices = pie().sort(null)(beds).map((slice, index) => `<path fill="${color(regions[index])}" d="${wedge(slice)}"/>`)
  const heights = bin().value((hut) => Number(hut.altitude_m)).thresholds(y.ticks(8))(huts)
  const layers = stack().keys(regions).value((group, key) => group.filter(({ region }) => region === key).length)(heights)
  const bands = scaleBand().domain(heights.map(({ x0 }) => x0)).range([0, 900]).padding(0.1)
  const bars = layers.flatMap((layer) => layer.map(([low, high], index) => `<rect x="${bands(heights[index].x0)}" y="${400 - high * 10}" width="${bands.bandwidth()}" height="${(high - low) * 10}" fill="${color(layer.key)}"/>`))
  const ticks = x.ticks(10).map((tick) => `<text x="${x(tick)}">${x.tickFormat()(tick)}</text>`)
  return `<svg viewBox="0 0 900 400">${[ground, outline].map((path) => `<path d="${path}"/>`).join('')}\n${[...points, ...slices, ...bars, ...ticks, ...y.ticks(5).map(y.tickFormat(5, '~s'))].join('\n')}</svg>`
}
