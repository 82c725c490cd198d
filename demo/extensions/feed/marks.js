// Read marks: in this instance's memory always, in the extension's store where the user allows it.
const PREFIX = 'read/'
const seen = new Set()

async function mayRead() {
  const state = await glovebox.permissions.query('storage:read')
  if (state === 'granted') return true
  // Ask only somebody who already let us write: nobody else has marks to read.
  return state === 'prompt' && (await glovebox.permissions.query('storage:write')) === 'granted'
}

export async function loadMarks() {
  if (!(await mayRead())) return { remembered: false, read: seen }
  try {
    const { keys } = await glovebox.storage.list({ prefix: PREFIX })
    return { remembered: true, read: new Set([...seen, ...keys.map((key) => key.slice(PREFIX.length))]) }
  } catch (error) {
    console.warn(`marks stay in memory: ${error.code ?? error.name}`)
    return { remembered: false, read: seen }
  }
}

export async function saveMark(id, read) {
  if (read) seen.add(id)
  else seen.delete(id)
  try {
    if (read) await glovebox.storage.set(PREFIX + id, true)
    else await glovebox.storage.delete(PREFIX + id)
    return true
  } catch (error) {
    console.warn(`mark stays in memory: ${error.code ?? error.name}`)
    return false
  }
}
