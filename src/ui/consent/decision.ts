/** What the dialog may answer with, as the broker's prompt has it. */
import type { Prompt } from '../../permission/prompt.ts'

export type Decision = Awaited<ReturnType<Prompt>>[number]
