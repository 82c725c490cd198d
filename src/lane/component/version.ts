/** What the cache's key says of a preparation beside the package's digest. The page computes it, and loads nothing else of the preparer. */

/** Version of jco-transpile; a test compares it with what is installed. */
export const TRANSPILER_VERSION = '0.15.0'

/** Its first number grows when the same bytes would become others. */
export const PREPARER_VERSION = `2-${TRANSPILER_VERSION}`
