/** What browsers lend, in the permission matrix: up to a pretended clipboard, chooser or device, where a use has its effect. */
import type { Lasting, MatrixRow } from './permissions.ts'

interface PlatformRow {
  /** The script's use; `name` is the first argument. */
  readonly code: string
  /** One that lasts, of a platform that is slow, where it is another. */
  readonly last?: string
  readonly right?: readonly unknown[]
  readonly wrong?: readonly unknown[]
  /** Of the component. */
  readonly call: string
  readonly args?: readonly unknown[]
  readonly wrongArgs?: readonly unknown[]
}

const begun: Lasting['begun'] = ({ platform }) => platform.waiting

const platform = ({ code, last = code, right = [], wrong, call, args = [], wrongArgs }: PlatformRow): Omit<MatrixRow, 'permission' | 'scope'> => ({
  effects: (seen) => seen.platform.effects,
  // Each dialog of the browser's is a question, too.
  options: { limits: { promptsPerMinute: 100 } },
  script: {
    main: `export const use = async (name) => ${code}\nexport const last = async (name) => ${last}`, call: 'use', right, ...(wrong && { wrong }),
    lasting: { call: 'last', args: right, begun },
  },
  component: {
    main: { fixture: 'platform/platform' }, call, right: args, ...(wrongArgs && { wrong: wrongArgs }),
    lasting: { args, begun },
  },
})

/**
 * Of the files that a user picks, a grant of directories alone has none. A component's directories are loaded when it starts, which asks for
 * them: it has none here.
 */
function picked(permission: 'file:read' | 'file:write', of: PlatformRow): readonly MatrixRow[] {
  const { script, component, ...shared } = platform(of)
  return [
    {
      permission, scope: { directories: ['/data'], picked: true }, narrower: { directories: ['/data'] },
      // What is written must be read as well, or the manifest is none.
      ...(permission === 'file:write' && { others: [{ name: 'file:read', scope: { directories: ['/data'] } }] }), ...shared, ...(script && { script }),
    },
    { permission, scope: { directories: [], picked: true }, ...shared, ...(component && { component }) },
  ]
}

export const PLATFORM_ROWS: readonly MatrixRow[] = [
  { permission: 'clipboard:read', scope: {}, ...platform({ code: 'glovebox.clipboard.readText()', call: 'readClipboard' }) },
  { permission: 'clipboard:write', scope: {}, ...platform({ code: "glovebox.clipboard.writeText('x')", call: 'writeClipboard', args: ['x'] }) },
  { permission: 'notification:show', scope: {}, ...platform({ code: "glovebox.notifications.show({ title: 'x' })", call: 'show', args: ['x'] }) },
  ...picked('file:read', {
    code: 'void (await glovebox.files.pick())', last: '(await glovebox.files.pick())[0].read().getReader().read()', call: 'pick', args: [[], false],
  }),
  ...picked('file:write', { code: "glovebox.files.save('x', 'x')", call: 'save', args: ['x', new Uint8Array(1)] }),
  {
    permission: 'serial:open', scope: { filters: [{ vendorId: 1 }, { vendorId: 3 }] }, narrower: { filters: [{ vendorId: 3 }] },
    ...platform({
      code: 'void (await glovebox.serial.open({ baudRate: 9600, filters: [{ vendorId: name }] })).close()', right: [1], wrong: [2],
      last: '(await glovebox.serial.open({ baudRate: 9600, filters: [{ vendorId: name }] })).readable.getReader().read()',
      call: 'ask', args: [1, 9600, 'x'], wrongArgs: [2, 9600, 'x'],
    }),
  },
  // Who asks for any device at all gets one of those that are granted.
  {
    permission: 'serial:open', scope: { filters: [{ vendorId: 1 }] }, elsewhere: { filters: [{ vendorId: 9 }] }, effects: (seen) => seen.platform.effects,
    options: { limits: { promptsPerMinute: 100 } },
    script: { main: 'export const use = async () => void (await glovebox.serial.open({ baudRate: 9600 })).close()', call: 'use', right: [] },
  },
]
