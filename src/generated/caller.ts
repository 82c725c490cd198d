/** Made from wit/caller.wit by `npm run generate`. Do not edit. */

/** Who calls, when another extension does. Needs no permission. */
export interface Caller {
  /** Id of the extension that made the call that is being served; none when the app did. */
  get(): string | undefined
}
