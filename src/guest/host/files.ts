/** glovebox:host/files. */
import type * as Wit from '../../generated/files.ts'
import { CapabilityFailure, type Outward } from '../outward.ts'
import { andThen, attempt, type MaybePromise } from '../wait/maybe.ts'
import type { WasiContext } from '../wasi/context.ts'
import { Resource } from '../wasi/resource.ts'
import { callError, callHost, type Imported } from './call-host.ts'
import { Chunks } from './chunks.ts'

/** What the page keeps of a stream for a worker that blocks, before anybody reads it. */
const MAX_EARLY_BYTES = 16 * 2 ** 20

class PickedFile extends Resource {
  readonly #outward: Outward
  readonly #about: Readonly<Record<string, unknown>>
  readonly #chunks: Chunks

  /** @param picked  one of what `picked.open` answers */
  constructor({ resources, outward }: WasiContext, picked: unknown) {
    super(resources)
    this.#outward = outward
    this.#about = Object(picked) as Readonly<Record<string, unknown>> // read as unknown
    this.#chunks = new Chunks(() => andThen(callHost(outward, 'picked.read', [this.#about['handle']]), (id) => outward.acceptStream(Number(id))))
  }

  name(): string {
    return String(this.#about['name'])
  }

  size(): bigint {
    return BigInt(Number(this.#about['size']))
  }

  mediaType(): string {
    return String(this.#about['type'])
  }

  read(): MaybePromise<Uint8Array | undefined> {
    return this.#chunks.read()
  }

  protected override onDispose(): void {
    this.#chunks.end()
    const ignore = (): void => undefined
    void attempt(() => this.#outward.capability('picked.close', [this.#about['handle']]), ignore, ignore)
  }
}

export function createFiles(context: WasiContext): Omit<Imported<Wit.Files>, 'pick'> & { readonly PickedFile: unknown, readonly pick: unknown } {
  const { outward } = context
  return {
    PickedFile,
    pick: ({ accept, multiple }: Wit.PickOptions) => andThen(
      callHost(outward, 'picked.open', [{ accept, multiple }]),
      (files) => (Array.isArray(files) ? files.map((file) => new PickedFile(context, file)) : []),
    ),
    save: (name, bytes) => save(outward, name, bytes),
  }
}

function save(outward: Outward, name: string, bytes: Uint8Array): MaybePromise<undefined> {
  const isBlocking = outward.waits !== 'jspi'
  if (isBlocking && bytes.length > MAX_EARLY_BYTES) throw callError('body-too-large', `At most ${MAX_EARLY_BYTES} bytes are saved at once here.`)
  const { id, sink } = outward.openStream()
  const content = bytes.slice() // the sink takes what it is given
  const send = (): MaybePromise<void> => andThen(sink.write(content), () => sink.end())
  const ask = (): MaybePromise<unknown> => callHost(outward, 'picked.save', [name, id])
  const start = (): MaybePromise<unknown> => {
    if (isBlocking) return andThen(send(), ask) // nothing is sent while it waits for the answer
    const answer = ask()
    const ignore = (): void => undefined
    void attempt(send, ignore, ignore) // where nobody reads, the answer says why
    return answer
  }
  return attempt(start, () => undefined, (error) => {
    sink.fail(new CapabilityFailure('internal', 'Nothing was saved.'))
    throw error instanceof CapabilityFailure ? callError(error.code, error.message) : error
  })
}
