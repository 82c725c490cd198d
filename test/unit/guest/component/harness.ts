/** A component's worker methods behind a real pair of sessions, in the test's own realm: only for components that the tests' authors wrote. */
import { readFile } from 'node:fs/promises'
import { createComponentMethods } from '../../../../src/guest/component-methods.ts'
import { receiveGlue } from '../../../../src/guest/component/glue.ts'
import { toHostError } from '../../../../src/host/instance/outcome.ts'
import { prepareComponent } from '../../../../src/lane/component/prepare.ts'
import type { PreparedComponent } from '../../../../src/lane/component/prepared.ts'
import { parseOutcome } from '../../../../src/wire/message.ts'
import type { Payload } from '../../../../src/wire/payload.ts'
import { decodeValue, encodeValue, type HandleEncoder, type ToHandle } from '../../../../src/wire/value.ts'
import type { Session } from '../../../../src/wire/session.ts'
import { createTestTranspiler } from '../../lane/wasm-tools.ts'
import { methodsOf, openSide, type Methods } from '../../wire/pair.ts'

export interface Line {
  readonly level: string
  readonly text: string
  readonly call: number | null
}

export interface TestComponent {
  readonly page: Session
  readonly lines: Line[]
  readonly loaded: unknown
  call(name: string, args?: readonly unknown[], handle?: number): Promise<unknown>
}

/** On the page a handle is its number. */
export class PageHandle {
  readonly id: number
  readonly type: string
  constructor({ id, type }: { readonly id: number, readonly type: string }) {
    this.id = id
    this.type = type
  }
}

const handles: HandleEncoder = { has: (value) => value instanceof PageHandle, handleOf: (value) => value as PageHandle }
const toHandle: ToHandle = (handle) => new PageHandle(handle)

export async function prepareFixture(name: string): Promise<PreparedComponent> {
  const bytes = await readFile(new URL(`../../../fixtures/${name}/${name}.wasm`, import.meta.url))
  return prepareComponent(new Uint8Array(bytes), { asyncMode: 'sync', memoryPages: 256, tableEntries: 10_000 }, { transpiler: await createTestTranspiler() })
}

/** @param capabilities  answers of the host by method, as values */
export async function startComponent(prepared: PreparedComponent, { config = {}, capabilities = {}, limits = {}, directories = [] }: {
  readonly config?: Readonly<Record<string, string>>
  readonly capabilities?: Methods
  readonly limits?: Readonly<Record<string, number>>
  readonly directories?: readonly object[]
} = {}): Promise<TestComponent> {
  const { port1, port2 } = new MessageChannel()
  const lines: Line[] = []
  const { session: page } = openSide(port1, 'page', {
    methods: methodsOf({
      ...capabilities,
      forgotten: () => undefined,
      log: (argument) => {
        const [level, text, , , call] = JSON.parse((argument as Payload).text)
        lines.push({ level, text, call })
      },
    }),
  })
  const modules = await Promise.all([...prepared.modules.values()].map((bytes) => WebAssembly.compile(Uint8Array.from(bytes))))
  const scope: Record<string, unknown> = {}
  const glue = receiveGlue(scope)
  new Function('gloveboxGlue', prepared.glue)(scope['gloveboxGlue'])
  const { session: guest } = openSide(port2, 'guest', { methods: createComponentMethods(modules, () => guest, {}, glue), maxPendingRequests: 65_536 })
  await page.call('boot', {
    limits: { messageBytes: 2 ** 20, logBytesPerSecond: 2 ** 16, pendingCapabilityCalls: 16, handles: 100, ...limits },
  })
  const loaded = await page.call('load', { modules: [...prepared.modules.keys()], config, directories, waiting: 'never' })
  let id = 0
  return {
    page, lines, loaded,
    async call(name, args = [], handle) {
      const payload = encodeValue(args, undefined, handles)
      const answer = await page.call('call', { id: ++id, name, args: payload, deadlineMs: 1000, ...(handle === undefined ? {} : { handle }) }, payload.buffers)
      const outcome = parseOutcome(answer)
      if (outcome === undefined) throw new Error('no outcome')
      if (!outcome.ok) throw toHostError(outcome.error)
      return decodeValue(outcome.value, undefined, { toHandle })
    },
  }
}
