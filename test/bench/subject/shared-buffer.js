// @ts-check
/** As in an engine that cannot suspend: a box asks when it is opened. */
Reflect.deleteProperty(WebAssembly, 'Suspending')
Reflect.deleteProperty(WebAssembly, 'promising')

export const subject = { expected: 'shared-buffer' }
