/** The worker's half of `extension.run`: a request of the page as a command's input, and its result as the reply. */
import type { RunReply, RunRequest } from '../../wire/run.ts'
import type { GuestSink, Outward } from '../outward.ts'
import { runCommand, type CommandProgram } from './command.ts'

export interface RunServices {
  readonly program: Omit<CommandProgram, 'outward'>
  readonly outward: Outward
  /** Tells the page which stream carries stdout (1) or stderr (2), before anything is written. */
  readonly announce: (descriptor: 1 | 2, stream: number) => void
}

/** @throws as `runCommand` */
export async function serveRun({ args, env, stdin, files, dirs, streams }: RunRequest, services: RunServices): Promise<RunReply> {
  const { program, outward, announce } = services
  const open = (descriptor: 1 | 2, isStreamed: boolean): GuestSink | undefined => {
    if (!isStreamed) return undefined
    const { id, sink } = outward.openStream()
    announce(descriptor, id)
    return sink
  }
  return runCommand({ ...program, outward }, {
    args, env, files, dirs: dirs ?? undefined,
    stdin: typeof stdin === 'number' ? outward.acceptStream(stdin) : (stdin ?? undefined),
    stdout: open(1, streams.stdout), stderr: open(2, streams.stderr),
  })
}
