/**
 * The dialogs for files: File System Access where there is one (https://wicg.github.io/file-system-access/), else an input and a download.
 */
import type { FilePicker, FileTarget, OpenRequest } from '../../capability/picked-file.ts'
import type { SetTimer } from '../../util/timer.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** Long enough for the slowest engine to begin the download. */
const REVOKE_MS = 60_000

interface WritableHandle {
  createWritable(): Promise<FileTarget>
}

/** What the types of the DOM do not have yet. */
export interface FileSystemAccess {
  readonly showOpenFilePicker?: (options: object) => Promise<readonly { getFile(): Promise<File> }[]>
  readonly showSaveFilePicker?: (options: object) => Promise<WritableHandle>
}

export interface FilePickerOptions {
  readonly access: FileSystemAccess
  readonly document: Document
  readonly setTimer: SetTimer
}

export function createFilePicker({ access, document, setTimer }: FilePickerOptions): FilePicker {
  return {
    open: async (request, signal) => {
      if (access.showOpenFilePicker === undefined) return openByInput(document, request, signal)
      const handles = await access.showOpenFilePicker({ multiple: request.multiple, ...typesOf(request.accept) })
      return Promise.all(handles.map((handle) => handle.getFile()))
    },
    save: async (name) => {
      if (access.showSaveFilePicker === undefined) return new Download(name, document, setTimer)
      return (await access.showSaveFilePicker({ suggestedName: name })).createWritable()
    },
  }
}

function typesOf(accept: readonly string[]): object {
  if (accept.length === 0) return {}
  const extensions = accept.filter((type) => type.startsWith('.'))
  const mimeTypes = accept.filter((type) => !type.startsWith('.'))
  const entries = mimeTypes.map((type): [string, readonly string[]] => [type, []])
  return { types: [{ accept: Object.fromEntries(extensions.length > 0 ? [...entries, ['application/octet-stream', extensions]] : entries) }] }
}

function openByInput(document: Document, { accept, multiple }: OpenRequest, signal: AbortSignal): Promise<readonly File[]> {
  const input = document.createElement('input')
  input.type = 'file'
  input.hidden = true
  input.multiple = multiple
  input.accept = accept.join(',')
  document.body.append(input) // WebKit on phones opens nothing for one outside the page
  const chosen = new Promise<readonly File[]>((resolve, reject) => {
    input.addEventListener('change', () => resolve([...(input.files ?? [])]))
    input.addEventListener('cancel', () => resolve([]))
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    if ('showPicker' in input) input.showPicker() // says no aloud where `click` does nothing
    else (input as HTMLInputElement).click() // engines before it
  })
  return chosen.finally(() => input.remove())
}

/** Held until it is whole. The type says nothing, so that no engine shows it as a page of this origin. */
class Download implements FileTarget {
  readonly #name: string
  readonly #document: Document
  readonly #setTimer: SetTimer
  readonly #chunks: Bytes[] = []

  constructor(name: string, document: Document, setTimer: SetTimer) {
    this.#name = name
    this.#document = document
    this.#setTimer = setTimer
  }

  async write(bytes: Bytes): Promise<void> {
    this.#chunks.push(bytes)
  }

  async close(): Promise<void> {
    const url = URL.createObjectURL(new Blob(this.#chunks.splice(0), { type: 'application/octet-stream' }))
    const link = this.#document.createElement('a')
    link.href = url
    link.download = this.#name
    link.click()
    this.#setTimer(() => URL.revokeObjectURL(url), REVOKE_MS)
  }

  async abort(): Promise<void> {
    this.#chunks.length = 0
  }
}
