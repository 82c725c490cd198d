/** The shapes of `links` and `provides` in a manifest. */
import * as v from 'valibot'
import { interfaceName, interfaceVersion, isForeignInterface, MAX_LINKS, MAX_PROVIDED } from './link.ts'
import { PERMISSION_NAMES } from './permission.ts'
import { extensionId } from './permission-schema.ts'
import { expected, isLine, list, strict, text } from './schema-parts.ts'
import { isVersion, isVersionRange } from './version.ts'

/** As code writes it: `glovebox.links.weather`. An object with a `then` would be taken for a promise. */
const LINK_NAME = /^(?!then$)[a-z][A-Za-z0-9_]{0,63}$/

export function links() {
  const message = expected(`an object of at most ${MAX_LINKS} links`)
  const key = text('a name such as "weather": a lowercase letter, then letters, digits and underscores', (name) => LINK_NAME.test(name))
  const link = strict({
    extension: extensionId(),
    version: text('a version or range such as "1.2.3", "^1.2" or "~1.2.3"', isVersionRange),
    interface: v.exactOptional(interfaceText()),
    exports: v.exactOptional(list(exportName(), 1, MAX_PROVIDED)),
  })
  return v.pipe(v.record(key, link, message), v.check((entries) => Object.keys(entries).length <= MAX_LINKS, message))
}

export function provides() {
  const permissionName = v.picklist(PERMISSION_NAMES, expected(`one of ${PERMISSION_NAMES.join(', ')}`))
  return list(
    strict({
      export: v.exactOptional(exportName()),
      interface: v.exactOptional(interfaceText()),
      permissions: v.exactOptional(list(permissionName, 0, PERMISSION_NAMES.length)),
    }),
    0,
    MAX_PROVIDED,
  )
}

function exportName() {
  return text('the name of an export, 1 to 128 characters', (name) => isLine(name, 1, 128) && name !== 'then')
}

function interfaceText() {
  return text('a WIT interface such as "acme:weather/api@1.2.0", none of wasi: or glovebox:', (value) => {
    const version = interfaceVersion(value)
    return isForeignInterface(interfaceName(value)) && (version === undefined || isVersion(version))
  })
}
