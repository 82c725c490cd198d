// @ts-check
/** Glovebox with a package that is fetched from its URL; where it was installed by an earlier page, only started. */
import { openBox } from './glovebox.js'

/** @type {import('./subject.js').Subject} */
export const subject = {
  async open() {
    const box = await openBox()
    const extension = box.list()[0] ?? await box.install('/package/glovebox.json')
    return { echo: (value) => extension.call('echo', [value]), stop: () => extension.stop() }
  },
}
