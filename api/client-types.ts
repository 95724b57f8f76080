// From the API's description to the types that the pages ask it by: each operation under its method and path, with the fields of its address, its query, its body and its answer.
import type { JsonSchema, OpenApi, Operation } from './document.ts'

const isName = (text: string): boolean => /^[A-Za-z_$][\w$]*$/.test(text)
const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
const inArray = (type: string): string => (/[|&]/.test(type) && !/^[{[]/.test(type) ? `(${type})` : type)

/** What a value of that schema is; `unknown` where the schema does not say. */
export function typeOf(schema: JsonSchema | undefined): string {
  if (schema === undefined) return 'unknown'
  const { $ref, anyOf, oneOf, allOf, type } = schema as { $ref?: string; anyOf?: JsonSchema[]; oneOf?: JsonSchema[]; allOf?: JsonSchema[]; type?: string | string[] }
  if ($ref !== undefined) return $ref.slice($ref.lastIndexOf('/') + 1)
  if ('const' in schema) return literal(schema['const'])
  if (Array.isArray(schema['enum'])) return schema['enum'].map(literal).join(' | ')
  if (anyOf !== undefined || oneOf !== undefined) return [...new Set((anyOf ?? oneOf)!.map(typeOf))].join(' | ')
  if (allOf !== undefined) return allOf.map((one) => inArray(typeOf(one))).join(' & ')
  if (Array.isArray(type)) return type.map((one) => typeOf({ ...schema, type: one })).join(' | ')
  switch (type) {
    case 'string': return 'string'
    case 'number': case 'integer': return 'number'
    case 'boolean': return 'boolean'
    case 'null': return 'null'
    case 'array': return arrayOf(schema)
    case 'object': return objectOf(schema)
    default: return 'unknown'
  }
}

const literal = (value: unknown): string => (typeof value === 'string' ? quoted(value) : JSON.stringify(value))

function arrayOf({ items, prefixItems }: { items?: JsonSchema | JsonSchema[] | false; prefixItems?: JsonSchema[] }): string {
  const each = prefixItems ?? (Array.isArray(items) ? items : undefined)
  if (each !== undefined) return `[${each.map(typeOf).join(', ')}]`
  return `${inArray(typeOf(items === false ? undefined : items as JsonSchema | undefined))}[]`
}

function objectOf({ properties = {}, required = [], additionalProperties, patternProperties }: { properties?: Record<string, JsonSchema>; required?: string[]; additionalProperties?: boolean | JsonSchema; patternProperties?: Record<string, JsonSchema> }): string {
  const fields = Object.entries(properties).map(([name, schema]) => `${isName(name) ? name : quoted(name)}${required.includes(name) ? '' : '?'}: ${typeOf(schema)}`)
  const others = patternProperties === undefined ? additionalProperties : Object.values(patternProperties)[0]
  if (fields.length === 0) return others === undefined || typeof others === 'boolean' ? 'Record<string, unknown>' : `Record<string, ${typeOf(others)}>`
  return `{ ${fields.join('; ')} }`
}

/** The first answer that is not a refusal. */
function answerOf({ responses }: Operation): string {
  const good = Object.entries(responses as Record<string, { content?: Record<string, { schema: JsonSchema }> }>).filter(([status]) => status.startsWith('2')).map(([, { content }]) => {
    const json = content?.['application/json']
    return json === undefined ? (content === undefined ? 'undefined' : 'string') : typeOf(json.schema)
  })
  return [...new Set(good.map((type) => (type === 'null' ? 'undefined' : type)))].join(' | ') || 'undefined'
}

function parametersOf({ parameters = [] }: Operation, place: 'path' | 'query'): string {
  const own = parameters.filter((one) => one.in === place)
  if (own.length === 0) return '{}'
  return `{ ${own.map(({ name, required, schema }) => `${isName(name) ? name : quoted(name)}${required === true ? '' : '?'}: ${typeOf(schema)}`).join('; ')} }`
}

/** The whole file. Addresses below the base only: the others are not for pages. */
export function clientTypes({ paths, components }: OpenApi, base: string): string {
  const schemas = Object.entries(components.schemas).map(([name, schema]) => `export interface ${name} ${typeOf(schema as JsonSchema)}\n`)
  const operations = Object.entries(paths).filter(([path]) => path.startsWith(base)).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => {
    const body = operation.requestBody?.content['application/json']
    return `  /** ${operation.summary}. */\n  '${method.toUpperCase()} ${path.slice(base.length)}': { at: ${parametersOf(operation, 'path')}; query: ${parametersOf(operation, 'query')}; body: ${body === undefined ? 'undefined' : typeOf(body.schema)}; answer: ${answerOf(operation)} }\n`
  }))
  return `// Written by \`npm run openapi\` from api/openapi.json: what can be asked of the service, and what it answers.\n\n${schemas.join('\n')}\nexport interface Api {\n${operations.join('')}}\n`
}
