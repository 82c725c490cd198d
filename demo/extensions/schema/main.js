// JSON Schema checks on Ajv. Ajv writes a function for each schema and evaluates it: eval works in the guest and stays there.
import { Ajv, Ajv2020 } from './vendor/ajv.js'

const FORMATS = {
  date: /^\d{4}-(0\d|1[0-2])-([0-2]\d|3[01])$/,
  email: /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/,
  uri: /^[a-z][a-z0-9+.-]*:[^\s]+$/i,
}

export function check(schemaText, dataText) {
  const schema = parse('schema', schemaText)
  const data = parse('data', dataText)
  const draft2020 = typeof schema === 'object' && String(schema?.$schema ?? '').includes('2020-12')
  const ajv = new (draft2020 ? Ajv2020 : Ajv)({ allErrors: true, strict: false, logger: false, formats: FORMATS })

  const started = performance.now()
  const validate = ajv.compile(schema)
  const compileMs = performance.now() - started
  const valid = validate(data)
  const errors = (validate.errors ?? []).map(({ instancePath, keyword, message, schemaPath }) => ({
    path: instancePath === '' ? '(root)' : instancePath,
    keyword,
    message: message ?? '',
    rule: schemaPath,
  }))
  console.info(`${draft2020 ? 'draft 2020-12' : 'draft 7'}: ${valid ? 'valid' : `${errors.length} problems`}`)
  return { valid, errors, compileMs, draft: draft2020 ? '2020-12' : '7' }
}

function parse(what, text) {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new SyntaxError(`The ${what} is not JSON: ${error.message}`)
  }
}
