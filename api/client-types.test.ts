import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { clientTypes, typeOf } from './client-types.ts'
import { BASE } from './http/route.ts'

const root = join(import.meta.dirname, '..')

describe('the types that pages ask the service by', () => {
  it('are those of the API description that is kept beside them', () => {
    const document = JSON.parse(readFileSync(join(root, 'api', 'openapi.json'), 'utf8')) as Parameters<typeof clientTypes>[0]
    expect(readFileSync(join(root, 'web', 'service', 'api-types.ts'), 'utf8')).toBe(clientTypes(document, BASE))
  })

  it.each([
    [{ type: 'object', properties: { a: { type: 'integer' }, 'b-c': { type: 'string' } }, required: ['a'] }, "{ a: number; 'b-c'?: string }"],
    [{ type: 'array', items: { anyOf: [{ const: 'x' }, { type: 'null' }] } }, "('x' | null)[]"],
    [{ type: 'array', prefixItems: [{ type: 'number' }, { type: 'boolean' }] }, '[number, boolean]'],
    [{ enum: ["it's", 2] }, "'it\\'s' | 2"],
    [{ type: 'object', patternProperties: { '^.*$': { type: 'number' } } }, 'Record<string, number>'],
    [{ allOf: [{ $ref: '#/components/schemas/Problem' }, { type: 'object', properties: { more: { type: ['string', 'null'] } } }] }, 'Problem & { more?: string | null }'],
    [{}, 'unknown'],
  ])('say of %j: %s', (schema, type) => {
    expect(typeOf(schema)).toBe(type)
  })
})
