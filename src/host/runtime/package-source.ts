/** Everything between a source and a verified package, as one piece that is loaded with the first package. */
export { loadSource } from '../../package/source.ts'
export { toStored } from '../../package/stored.ts'
export { verifyPackage } from '../../package/verify.ts'
export { restorePackage } from './record.ts'
export { prepareScript } from './prepare.ts'
