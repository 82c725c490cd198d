// What the schema checker's package holds of Ajv, bundled into one ES module by build.mjs.
export { Ajv } from 'ajv'
export { Ajv2020 } from 'ajv/dist/2020.js'
