// The adversary of the gallery. Every export is one attempt; the page runs each and shows what stopped it.
export * from './escape.js'
export * from './network.js'
export * from './wire.js'
export * from './flood.js'
