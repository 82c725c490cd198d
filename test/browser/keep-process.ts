/**
 * Chromium has one process for all sandboxed frames of a page and ends it with the last of them, so each test would wait for a new one: a third of
 * what a box costs there. One frame that stays keeps the process, as in an app with more than one extension; the first test of a file is without.
 */
export function keepProcess(): void {
  const frame = document.createElement('iframe')
  frame.setAttribute('sandbox', 'allow-scripts')
  frame.src = '/dist/frame.html' // nobody shakes its hand: no guest ever comes into it
  frame.style.display = 'none'
  document.documentElement.append(frame)
}
