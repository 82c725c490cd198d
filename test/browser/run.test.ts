import { describeCommands } from '../conformance/commands.ts'

describeCommands('Suspending' in WebAssembly)
