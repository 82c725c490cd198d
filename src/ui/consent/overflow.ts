/** What of the dialog lies below its footer, so that nobody answers a long list for its first screen. */

/** Less than this is a border or a rounded pixel. */
const SLACK_PX = 4

/** Calls `onChange` now and with each change: how many permissions begin below the edge, undefined where nothing at all is there. */
export function observeOverflow(dialog: HTMLElement, footer: HTMLElement, onChange: (below: number | undefined) => void): ResizeObserver {
  const look = (): void => {
    const isMore = dialog.scrollHeight - dialog.clientHeight - dialog.scrollTop > SLACK_PX
    const edge = footer.getBoundingClientRect().top
    const below = [...dialog.querySelectorAll('.permission')].filter((permission) => permission.getBoundingClientRect().top > edge - SLACK_PX)
    onChange(isMore ? below.length : undefined)
  }
  dialog.addEventListener('scroll', look, { passive: true })
  const observer = new ResizeObserver(look)
  for (const part of [dialog, ...dialog.children]) observer.observe(part)
  look()
  return observer
}
