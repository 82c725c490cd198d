// The manifests of real packages against a schema with references, conditions and formats; Ajv compiles it to code.
import Ajv from 'ajv'
import AJV from '../../node_modules/ajv/package.json?raw'
import HANDLEBARS from '../../node_modules/handlebars/package.json?raw'
import PRETTIER from '../../node_modules/prettier/package.json?raw'
import VITE from '../../node_modules/vite/package.json?raw'

const SCHEMA = {
  $id: 'https://example.com/package.json',
  type: 'object',
  required: ['name', 'version', 'license', 'funding'],
  properties: {
    name: { type: 'string', pattern: '^(?:@[a-z0-9-]+/)?[a-z0-9][a-z0-9._-]*$', maxLength: 214 },
    version: { type: 'string', format: 'semver' },
    keywords: { type: 'array', items: { type: 'string', minLength: 4 }, uniqueItems: true },
    repository: { oneOf: [{ type: 'string' }, { type: 'object', required: ['type', 'url'], properties: { url: { type: 'string', format: 'git' } } }] },
    files: { type: 'array', contains: { const: 'dist' } },
    dependencies: { $ref: '#/$defs/ranges' },
    devDependencies: { $ref: '#/$defs/ranges' },
    exports: { $ref: '#/$defs/target' },
  },
  if: { required: ['type'], properties: { type: { const: 'module' } } },
  then: { required: ['exports'] },
  else: { properties: { main: { type: 'string', pattern: '\\.c?js$' } } },
  $defs: {
    ranges: { type: 'object', propertyNames: { not: { pattern: '\\s' } }, additionalProperties: { type: 'string', pattern: '^\\^' } },
    target: { anyOf: [{ type: ['string', 'null'] }, { type: 'object', additionalProperties: { $ref: '#/$defs/target' } }] },
  },
}

export function run() {
  const ajv = new Ajv({ allErrors: true, formats: { semver: /^\d+\.\d+\.\d+(?:-[\w.]+)?$/, git: /^(?:git\+)?https:\/\// } })
  const validate = ajv.compile(SCHEMA)
  return [AJV, HANDLEBARS, PRETTIER, VITE].map((text) => {
    const data = JSON.parse(text)
    const isValid = validate(data)
    return `${data.name} ${isValid}\n${(validate.errors ?? []).map(({ instancePath, schemaPath, message }) => `${instancePath} ${schemaPath} ${message}`).join('\n')}`
  }).join('\n')
}
