// @ts-check
/**
 * Other people's tests, downloaded by the clients of the registries that have them: web-platform-tests as Debian's source package of Node.js
 * carries them, and the data for URLPattern from its crate. They stay in .cache; a checkout of web-platform-tests does as well (--suite).
 */
import { spawnSync } from 'node:child_process'
import { copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ROOT, run, say } from '../../src/build/run.mjs'

const FOLDER = join(ROOT, '.cache/wpt')
const SUITE = join(FOLDER, 'suite')
const URLPATTERN_CRATE = '0.6.0'
const DOWNLOAD_TIMEOUT_MS = 600_000

/** @returns {Promise<string>} the suite's folder @throws {Error} saying what to do instead */
export async function provideSuite() {
  if (existsSync(SUITE)) return SUITE
  const unfinished = join(FOLDER, 'unfinished')
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { recursive: true })
  await addFromDebian(unfinished)
  await addUrlPattern(unfinished)
  await rename(unfinished, SUITE)
  return SUITE
}

/** The newest source package that can be had: Debian's unstable has newer tests than its releases. @param {string} suite */
async function addFromDebian(suite) {
  for (const release of ['unstable', 'testing', 'stable', 'oldstable']) {
    say(`Looking for Node.js's source package in Debian's ${release}`)
    const folder = join(FOLDER, 'debian', release)
    const tarball = await downloadSource(release, folder).catch(() => undefined)
    if (tarball === undefined) continue
    const args = ['-xf', tarball, '-C', suite, '--strip-components=4', '--wildcards', '*/test/fixtures/wpt/*']
    if ((await run('tar', args)) === 0) return
  }
  throw new Error("Node.js's source package could not be downloaded with apt-get (needs Debian). Give a checkout of web-platform-tests instead: --suite FOLDER")
}

/** With lists of its own: the system's stay as they are. @param {string} release @param {string} folder @returns {Promise<string | undefined>} */
async function downloadSource(release, folder) {
  await Promise.all(['lists/partial', 'cache/archives/partial', 'sources', 'files'].map((name) => mkdir(join(folder, name), { recursive: true })))
  await writeFile(join(folder, 'sources/node.list'), `deb-src ${debianMirror()} ${release} main\n`)
  const options = [
    `Dir::Etc::SourceList=/dev/null`, `Dir::Etc::SourceParts=${join(folder, 'sources')}`, `Dir::State::Lists=${join(folder, 'lists')}`,
    `Dir::Cache=${join(folder, 'cache')}`, 'APT::Sandbox::User=root',
  ].flatMap((option) => ['-o', option])
  const files = join(folder, 'files')
  await run('apt-get', [...options, 'update', '-q'], { timeoutMs: DOWNLOAD_TIMEOUT_MS, quiet: true })
  // A mirror may lack one of the other files: what counts is that the tarball came.
  await run('apt-get', [...options, 'source', '-q', '--download-only', '--tar-only', 'nodejs'], { cwd: files, timeoutMs: DOWNLOAD_TIMEOUT_MS, quiet: true })
  const tarball = (await readdir(files)).find((name) => /^nodejs_.*\.orig\.tar\.\w+$/.test(name))
  return tarball && join(files, tarball)
}

/** @returns {string} the mirror that this system's own packages come from */
function debianMirror() {
  const { stdout } = spawnSync('apt-get', ['indextargets', '--format', '$(ORIGIN) $(CREATED_BY) $(REPO_URI)'], { encoding: 'utf8' })
  const mirrors = (stdout ?? '').split('\n').flatMap((line) => /^Debian Packages (\S+)$/.exec(line)?.[1] ?? [])
  const mirror = mirrors.find((address) => !address.includes('security'))
  if (mirror === undefined) throw new Error('no Debian mirror is configured')
  return mirror
}

/** The shared test data for URLPattern, and our driver where the suite has none. Without cargo the area is left out. @param {string} suite */
async function addUrlPattern(suite) {
  const folder = join(FOLDER, 'crate')
  const target = join(suite, 'urlpattern')
  if (existsSync(join(target, 'urlpattern.any.js'))) return
  await mkdir(join(folder, 'src'), { recursive: true })
  await writeFile(join(folder, 'src/lib.rs'), '')
  await writeFile(join(folder, 'Cargo.toml'), `[package]\nname = "data"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\nurlpattern = "=${URLPATTERN_CRATE}"\n`)
  if ((await run('cargo', ['vendor', '--quiet', 'vendor'], { cwd: folder, quiet: true, timeoutMs: DOWNLOAD_TIMEOUT_MS })) !== 0) return
  await mkdir(join(target, 'resources'), { recursive: true })
  await copyFile(join(folder, 'vendor/urlpattern/src/testdata/urlpatterntestdata.json'), join(target, 'resources/urlpatterntestdata.json'))
  await copyFile(fileURLToPath(new URL('urlpattern.any.js', import.meta.url)), join(target, 'urlpattern.any.js'))
}
