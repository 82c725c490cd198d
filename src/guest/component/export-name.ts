/**
 * Finds exports by the names that people write: `forecast`, `api.forecast` (the last part of an interface's name), `api.counter.take`, and
 * WIT's own `acme:weather/api@1.2.0#forecast` and `...#[method]counter.add`. kebab-case and the glue's camelCase are both understood.
 */

export interface ExportedFunction {
  /** `new`: the first argument of `Reflect.construct`; `method`: called on its first argument. */
  readonly kind: 'function' | 'new' | 'method'
  readonly target: Function
  /** Arguments that it takes, the object of a method included. */
  readonly parameters: number
}

type Names = ReadonlyMap<string, unknown>

/** Undefined where there is none. @throws nothing, whatever the name */
export function findExport(exports: object, name: string): ExportedFunction | undefined {
  const hash = name.indexOf('#')
  if (hash >= 0) {
    const instance = ownValue(exports, name.slice(0, hash)) ?? findInterface(exports, withoutVersion(name.slice(0, hash)))
    return isObject(instance) ? findInInterface(instance, partsOf(name.slice(hash + 1))) : undefined
  }
  const [first = '', ...rest] = name.split('.')
  const own = ownValue(exports, toCamel(first))
  if (typeof own === 'function') return findInInterface(exports, [first, ...rest])
  const instance = isObject(own) ? own : findInterface(exports, first)
  return isObject(instance) && rest.length > 0 ? findInInterface(instance, rest) : undefined
}

/** What there is, for a message: `api.forecast`. */
export function listExports(exports: object): string[] {
  const names: string[] = []
  for (const [key, value] of entries(exports)) {
    if (typeof value === 'function') names.push(key)
    else if (isObject(value) && !key.includes('/')) names.push(...[...entries(value).keys()].map((name) => `${key}.${name}`))
  }
  return names.sort()
}

/** The method of a resource. */
export function findMethod(resource: object, name: string): ExportedFunction | undefined {
  const prototype: unknown = Object.getPrototypeOf(resource)
  const method = isObject(prototype) ? ownValue(prototype, toCamel(name)) : undefined
  return typeof method === 'function' && name !== 'constructor' ? { kind: 'method', target: method, parameters: method.length + 1 } : undefined
}

/** `parts`: a function, a resource (its constructor), or a resource and its static function or method. */
function findInInterface(instance: object, parts: readonly string[]): ExportedFunction | undefined {
  const [first = '', second, ...more] = parts
  if (more.length > 0) return undefined
  const resource = ownValue(instance, toPascal(first))
  const isResource = typeof resource === 'function' && isClass(resource)
  if (second === undefined) {
    const target = ownValue(instance, toCamel(first))
    if (typeof target === 'function' && !isClass(target)) return { kind: 'function', target, parameters: target.length }
    return isResource ? { kind: 'new', target: resource, parameters: resource.length } : undefined
  }
  if (!isResource) return undefined
  const fixed = RESERVED.has(second) ? undefined : ownValue(resource, toCamel(second))
  if (typeof fixed === 'function') return { kind: 'function', target: boundTo(resource, fixed), parameters: fixed.length }
  return findMethod(Object.create(resource.prototype), second)
}

/** Own properties of every class, which are no statics of the component's. */
const RESERVED: ReadonlySet<string> = new Set(['prototype', 'name', 'length', 'constructor'])

function boundTo(owner: Function, method: Function): Function {
  return (...args: readonly unknown[]) => Reflect.apply(method, owner, args)
}

/** `[method]counter.add` and the like: the brackets say nothing that the parts do not. */
function partsOf(name: string): readonly string[] {
  return name.replace(/^\[(?:constructor|method|static|async|async method|async static)\]/, '').split('.')
}

/** The one interface whose name (without its version), or the last part of it, is `name`. */
function findInterface(exports: object, name: string): unknown {
  const found = new Set<unknown>()
  for (const [key, value] of entries(exports)) {
    const bare = withoutVersion(key)
    if (isObject(value) && (bare === name || bare.slice(bare.lastIndexOf('/') + 1) === name || toCamel(name) === key)) found.add(value)
  }
  const [only] = found
  return found.size === 1 ? only : undefined
}

function withoutVersion(name: string): string {
  const at = name.indexOf('@')
  return at < 0 ? name : name.slice(0, at)
}

function toCamel(name: string): string {
  return name.replace(/-([a-z0-9])/gi, (_dash, letter: string) => letter.toUpperCase())
}

function toPascal(name: string): string {
  const camel = toCamel(name)
  return camel.slice(0, 1).toUpperCase() + camel.slice(1)
}

/** Resources are classes in the glue; functions are not. A function's prototype property is writable, a class's never. */
function isClass(value: Function): boolean {
  return Reflect.getOwnPropertyDescriptor(value, 'prototype')?.writable === false
}

function entries(value: object): Names {
  return new Map(Object.entries(value))
}

function ownValue(owner: object, key: string): unknown {
  const descriptor = Reflect.getOwnPropertyDescriptor(owner, key)
  return descriptor !== undefined && 'value' in descriptor ? descriptor.value : undefined
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
