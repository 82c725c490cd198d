/**
 * What the hostile extension tries, in the words of the page. `call` is the export's name; the order is the order of the run.
 * Those whose worker must be ended from outside come last: after three such deaths in a minute the box does not start the extension again.
 */
export interface Attempt {
  readonly call: string
  readonly title: string
  readonly group: 'Escape' | 'Network' | 'Wire' | 'Flood'
}

const escape = (call: string, title: string): Attempt => ({ call, title, group: 'Escape' })
const network = (call: string, title: string): Attempt => ({ call, title, group: 'Network' })
const wire = (call: string, title: string): Attempt => ({ call, title, group: 'Wire' })
const flood = (call: string, title: string): Attempt => ({ call, title, group: 'Flood' })

export const ATTEMPTS: readonly Attempt[] = [
  escape('climbConstructors', 'Climb constructor.constructor to the page'),
  escape('huntGlobals', 'Hunt for indexedDB, Worker, document and the like'),
  escape('importStrangers', 'Import code from data:, blob: and http: URLs'),
  escape('pollutePrototypes', 'Poison Object.prototype and JSON.stringify'),
  network('phoneHome', 'Send data to a server of its own'),
  network('lookAlikeHosts', 'Ten hosts that look like the granted one'),
  network('scanPorts', 'Scan this machine and its network'),
  network('bounceRedirect', 'Let a granted URL redirect elsewhere'),
  network('writeAnyway', 'POST where only reading was granted'),
  network('forgeHeaders', 'Forge Authorization, Cookie and Origin'),
  wire('ownProtoKey', 'Return an own __proto__ key'),
  wire('smuggleFunction', 'Return a function for the page to call'),
  wire('returnCycle', 'Return a value without an end'),
  wire('returnProxy', 'Return a proxy full of traps'),
  wire('hugeReturn', 'Return four times what a message may hold'),
  wire('promptFlood', 'Ask 800 times for undeclared permissions'),
  flood('spin', 'Loop for ever'),
  flood('catchAndGoOn', 'Catch the interrupt and go on looping'),
  flood('eatMemory', 'Allocate until something gives'),
  flood('recurse', 'Recurse until the stack ends'),
  flood('floodMicrotasks', 'Queue promises without a pause'),
  flood('floodTimers', 'Start 100 000 timers'),
  flood('floodLog', 'Log 5 000 lines of escapes and bidi text'),
  flood('fillStorage', 'Fill the storage beyond its quota'),
  flood('floodRequests', 'Send 400 requests at once'),
  flood('giantJoin', 'Join an array of 300 million holes'),
  flood('spinNatively', 'Loop inside a native builtin'),
  flood('returnThenable', 'After all that, come back and never answer'),
]
