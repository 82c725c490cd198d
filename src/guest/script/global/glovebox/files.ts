/** `glovebox.files`: files of the extension's own, each as a whole, and files that the user picks, as streams. */
import type { Bridge, GuestSource } from '../../bridge.ts'
import { createBodyStream, type BodyStream } from '../body-stream.ts'
import { startUpload } from '../body-transfer.ts'
import { extractBody, streamOf } from '../body.ts'
import { utf8Of } from '../encoding.ts'
import { toBuffer, toBytes, toDictionary } from '../web-idl.ts'
import { toText } from './argument.ts'

export function createFilesArea(bridge: Bridge): object {
  const utf8 = utf8Of(bridge)
  const read = async (path: unknown, where: string): Promise<Uint8Array<ArrayBuffer>> =>
    new Uint8Array((await bridge.request('file.read', toText(path, where))) as ArrayBuffer) // the worker answers with nothing else
  return {
    read: (path: unknown) => read(path, 'files.read'),
    readText: async (path: unknown) => utf8.decode(await read(path, 'files.readText')),
    /** The whole file; directories on its way are made. */
    async write(path: unknown, data: unknown): Promise<void> {
      const bytes = typeof data === 'string' ? utf8.encode(data) : toBytes(data, 'files.write')
      await bridge.request('file.write', toText(path, 'files.write'), toBuffer(bytes))
    },
    async remove(path: unknown): Promise<void> {
      await bridge.request('file.remove', toText(path, 'files.remove'))
    },
    /** `{name, kind, size, modified}` of each, by name. */
    async list(path: unknown): Promise<unknown> {
      return JSON.parse(String(await bridge.request('file.list', toText(path, 'files.list'))))
    },
    /** An array of what was picked, also of one. */
    async pick(options?: unknown): Promise<unknown> {
      const files = await bridge.capability('picked.open', [{ ...toDictionary(options, 'files.pick') }])
      return Array.isArray(files) ? files.map((file) => createPicked(bridge, toDictionary(file, 'files.pick'))) : []
    },
    /** `data` is whatever a Response may have as its body. Resolves with the number of bytes. */
    async save(name: unknown, data: unknown): Promise<unknown> {
      const text = toText(name, 'files.save')
      const [content] = extractBody(bridge, data)
      const sink = bridge.openStream()
      const saving = bridge.capability('picked.save', [text, sink.id])
      const upload = startUpload(streamOf(content), sink)
      try {
        return await saving
      } catch (error) {
        upload.stop(error)
        throw error
      }
    },
  }
}

function createPicked(bridge: Bridge, { handle, name, size, type, modified }: Readonly<Record<string, unknown>>): object {
  return Object.freeze({
    name, size, type, modified,
    /** From the beginning, each time. */
    read: (): BodyStream => createSourceStream(() => bridge.capability('picked.read', [handle]).then((id) => bridge.acceptStream(Number(id)))),
    close: async (): Promise<void> => {
      await bridge.capability('picked.close', [handle])
    },
  })
}

/** A stream of the page's that is asked for when somebody reads. */
function createSourceStream(open: () => Promise<GuestSource>): BodyStream {
  let source: Promise<GuestSource> | undefined
  return createBodyStream({
    pull: async () => {
      source ??= open()
      return (await (await source).read()) as Uint8Array<ArrayBuffer> | undefined // there is no SharedArrayBuffer in the guest
    },
    cancel: () => source?.then((opened) => opened.cancel(), () => undefined),
  })
}
