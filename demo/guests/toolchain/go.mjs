// @ts-check
/** Go, by the machine's own compiler; the same bytes as long as its version is the same. */
import { run, works } from '../run.mjs'

/** @type {import('../build.mjs').Toolchain} */
export const go = {
  async missing() {
    return (await works('go', ['version'])) ? undefined : 'go is missing: https://go.dev/dl, 1.24 or newer'
  },
  async install() {
    throw new Error('go is in no registry that this command uses: https://go.dev/dl')
  },
  async build(_guest, folder, output) {
    await run('go', ['build', '-trimpath', '-buildvcs=false', '-ldflags=-s -w -buildid=', '-o', output, '.'], {
      cwd: folder,
      env: { GOOS: 'wasip1', GOARCH: 'wasm', CGO_ENABLED: '0' },
    })
  },
}
