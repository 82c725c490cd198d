import { openStore } from '../../../src/cache/store.ts'
import { describeStore } from '../../conformance/store.ts'

describeStore((options) => openStore({ name: 'test', kind: 'memory', ...options }))
