import { expect, test } from 'vitest'
import { parseOutcome } from '../../../../src/wire/message.ts'
import { decodeValue, encodeValue } from '../../../../src/wire/value.ts'
import { prepareFixture, startComponent } from './harness.ts'

const prepared = prepareFixture('command')
const encoder = new TextEncoder()

async function run(args: readonly string[], request: object = {}): Promise<unknown> {
  const { page } = await startComponent(await prepared)
  const payload = encodeValue({ args, env: [], stdin: null, files: [], dirs: null, streams: { stdout: false, stderr: false }, ...request })
  const outcome = parseOutcome(await page.call('run', { id: 1, args: payload, deadlineMs: 1000 }, payload.buffers))
  return outcome?.ok === true ? decodeValue(outcome.value) : outcome
}

test.each<[string, readonly string[], object, object]>([
  ['its input and output', ['upper'], { stdin: encoder.encode('abc') }, { exitCode: 0, stdout: encoder.encode('ABC') }],
  ['its environment', ['env', 'COLOUR'], { env: [['COLOUR', 'red']] }, { exitCode: 0, stdout: encoder.encode('red') }],
  ['its files', ['copy', '/in/a', '/b'], { files: [['in/a', encoder.encode('x')]] }, { exitCode: 0, files: [['b', encoder.encode('x')]] }],
  ['its exit code', ['exit', 'xyz'], {}, { exitCode: 1, stderr: encoder.encode('leaving\n') }],
])('a component that is a command has %s', async (_name, args, request, result) => {
  expect(await run(args, request)).toMatchObject(result)
})
