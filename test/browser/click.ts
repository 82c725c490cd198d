/** A user's click, real where the driver has a mouse. */
import { server, userEvent } from 'vitest/browser'

/** Drivers of other engines here have no mouse. */
export const cannotClick = server.provider !== 'playwright'

/** What comes of `work`, which a click on a button starts. */
export async function clicked(work: () => Promise<unknown>): Promise<unknown> {
  const button = document.createElement('button')
  button.textContent = 'go'
  document.body.append(button)
  const result = new Promise((resolve, reject) => button.addEventListener('click', () => work().then(resolve, reject)))
  await userEvent.click(button)
  button.remove()
  return result
}
