/**
 * The prelude as a script (made by src/build/prelude-plugin.ts): evaluating it yields the function `prelude` of prelude/main.ts.
 */
declare module 'virtual:glovebox-prelude' {
  const source: string
  export default source
}
