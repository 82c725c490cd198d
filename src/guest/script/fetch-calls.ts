/** Requests that the guest works on, by the page's numbers, until their responses were sent and nothing is left to wait for. */

interface Exchange {
  /** The VM's own number. */
  readonly id: number
  readonly waiters: (() => void)[]
}

export class FetchCalls {
  readonly #byPage = new Map<number, Exchange>()

  open(pageId: number, id: number): void {
    this.#byPage.set(pageId, { id, waiters: [] })
  }

  /** The VM's number of one that has not ended. */
  find(pageId: number): number | undefined {
    return this.#byPage.get(pageId)?.id
  }

  /** Resolves when it has ended. */
  ended(pageId: number): Promise<void> {
    return new Promise((resolve) => {
      const exchange = this.#byPage.get(pageId)
      if (exchange === undefined) resolve()
      else exchange.waiters.push(resolve)
    })
  }

  settle(id: number): void {
    for (const [pageId, exchange] of this.#byPage) {
      if (exchange.id === id) this.#end(pageId, exchange)
    }
  }

  clear(): void {
    for (const [pageId, exchange] of this.#byPage) this.#end(pageId, exchange)
  }

  #end(pageId: number, { waiters }: Exchange): void {
    this.#byPage.delete(pageId)
    for (const resolve of waiters) resolve()
  }
}
