// What comes in is held to the schema of its route. Bodies are taken as they are: JSON knows numbers from words, and null is no 0.
// What stands in the address is text, and is read as what the schema asks for.
import type { FastifySchemaCompiler } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { Value } from 'typebox/value'

const MOST_ERRORS = 20

interface Found {
  keyword: string
  instancePath: string
  message: string
  params: object
}

/** For values of which no single place is wrong, such as bytes where an object is asked for. */
const NOTHING_FITS: Found = { keyword: 'type', instancePath: '', message: 'is not what this address takes', params: {} }

export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  let checker: ReturnType<typeof Compile> | undefined
  const lenient = httpPart === 'body' && JSON.stringify(schema).includes('"default":')
  return (value: unknown) => {
    // When it is first needed: a process asks for few of its routes.
    checker ??= Compile(schema)
    const read = httpPart !== 'body' ? Value.Convert(schema, Value.Default(schema, value)) : lenient ? Value.Default(schema, value) : value
    if (checker.Check(read)) return { value: read }
    const found = (checker.Errors(read) as Found[]).filter(({ message }) => message !== 'schema is false').slice(0, MOST_ERRORS).flatMap(plain)
    return { error: (found.length > 0 ? found : [NOTHING_FITS]) as never }
  }
}

/** One for each property that is missing or not known, so that a pointer leads to it. */
function plain({ keyword, instancePath, message, params }: Found): Found[] {
  const list = (name: string): string[] => ((params as Record<string, unknown>)[name] as string[] | undefined) ?? []
  if (keyword === 'required') return list('requiredProperties').map((name) => ({ keyword, instancePath: pointer(instancePath, name), message: 'is missing', params }))
  if (keyword === 'additionalProperties') return list('additionalProperties').map((name) => ({ keyword, instancePath: pointer(instancePath, name), message: 'is not known here', params }))
  return [{ keyword, instancePath, message, params }]
}

/** RFC 6901. */
const pointer = (base: string, name: string): string => `${base}/${name.replaceAll('~', '~0').replaceAll('/', '~1').slice(0, 100)}`
