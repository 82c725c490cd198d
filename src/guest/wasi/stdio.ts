/** What a component prints, as lines of the extension's log. */
import type { LogLevel, Outward } from '../outward.ts'
import type { ByteTarget } from './output-stream.ts'

/** Longer lines are cut into pieces: the page keeps no more of one. */
const MAX_LINE = 8192

export class LinePrinter implements ByteTarget {
  readonly #outward: Outward
  readonly #level: LogLevel
  readonly #decoder = new TextDecoder()
  #line = ''

  constructor(outward: Outward, level: LogLevel) {
    this.#outward = outward
    this.#level = level
  }

  write(bytes: Uint8Array): void {
    const lines = (this.#line + this.#decoder.decode(bytes, { stream: true })).split('\n')
    this.#line = lines.pop() ?? ''
    for (const line of lines) this.#print(line)
    while (this.#line.length > MAX_LINE) {
      this.#print(this.#line.slice(0, MAX_LINE))
      this.#line = this.#line.slice(MAX_LINE)
    }
  }

  /** What stands after the last line feed, at the end of a call. */
  flush(): void {
    if (this.#line !== '') this.#print(this.#line)
    this.#line = ''
  }

  #print(line: string): void {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line
    for (let start = 0; start === 0 || start < text.length; start += MAX_LINE) this.#outward.log(this.#level, text.slice(start, start + MAX_LINE))
  }
}
