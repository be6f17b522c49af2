import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readHeader } from '../../../src/migrator/directory/header.js'
import { HEADER_NAMES } from '../../../src/migrator/directory/header-names.js'
import { significantTokens } from '../../../src/migrator/directory/tokens.js'
import { folderOf, native, runs } from '../support.js'

const read = (source: string) => readHeader(significantTokens(source))

const values = (header: object) => ({ kind: 'static', values: header })

describe('the header of a revision file is read without running it', () => {
  test.each([
    ['ES modules', `export const revision = 'a1'\nexport const downRevision = null\n`],
    ['double quotes and semicolons', `export const revision = "a1"; export const downRevision = null;`],
    ['templates', 'export const revision = `a1`\nexport const downRevision = null'],
    ['annotations', `export const revision: string = 'a1'\nexport const downRevision: string | null = null`],
    [
      'annotations with braces',
      `export const revision: { a: string }['a'] = 'a1'; export const downRevision: null = null`,
    ],
    [
      'assertions',
      `export const revision = 'a1' as const\nexport const downRevision = null satisfies unknown`,
    ],
    ['let and var', `export let revision = 'a1'\nexport var downRevision = null`],
    [
      'comments',
      `/* export const revision = 'b' */ export const revision = /* so */ 'a1' // = 'c'\nexport const downRevision = null`,
    ],
    ['exports', `exports.revision = 'a1'\nexports.downRevision = null`],
    ['module.exports with names', `module.exports.revision = 'a1'; module.exports.downRevision = null;`],
    [
      'module.exports with an object',
      `'use strict'\nmodule.exports = {\n  revision: 'a1',\n  downRevision: null,\n  up() {},\n}`,
    ],
    [
      'exports and module.exports',
      `exports = module.exports = { up: async () => {}, revision: 'a1', downRevision: null }`,
    ],
  ])('as %s', (_how, source) => {
    expect(read(source)).toEqual(values({ revision: 'a1', downRevision: null }))
  })

  test('with every name and with lists', () => {
    const source = `
      export const revision = 'a1'
      export const downRevision: readonly string[] = ['b1', "b2", \`b3\`,]
      export const dependsOn = 'c1'
      export const branchLabels = [] as const
      export const message = 'what // it /* does'`
    expect(read(source)).toEqual(
      values({
        revision: 'a1',
        downRevision: ['b1', 'b2', 'b3'],
        dependsOn: 'c1',
        branchLabels: [],
        message: 'what // it /* does',
      }),
    )
  })

  test.each([
    ['a text', `const text = "export const revision = 'a1'"`],
    ['a template', "const text = `\nexport const revision = 'a1'\n`"],
    ['a comment', `// export const revision = 'a1'\n/* exports.revision = 'a1' */`],
    ['a text in a template', "const text = `${f(`exports.revision = 'a1'`)}`"],
  ])('and what stands in %s is none', (_where, source) => {
    expect(read(`${source}\nexport const up = async () => {}`)).toEqual(values({}))
  })

  test('and a message in the body of a step is none', () => {
    const source = `export const up = async ({ context: op }) => { const message = 'x'; await op.bulkInsert('m', [{ message }]) }`
    expect(read(source)).toEqual(values({}))
  })
})

describe('a header that only running the file can tell is left to running it', () => {
  test.each([
    ['a computed value', `export const revision = 'a' + 1`],
    ['a call', `export const revision = 'A1'.toLowerCase()`],
    ['a call on the next line', `export const revision = 'A1'\n  .toLowerCase()`],
    ['a name', `const id = 'a1'; export const revision = id`],
    ['an escape', `export const revision = 'a\\u0031'`],
    ['a substitution', 'export const revision = `a${1}`'],
    ['a condition', `export const revision = 'a1' ? 'b' : 'c'`],
    ['a number', `export const revision = 1`],
    ['a list with a name', `export const revision = 'a1'; export const dependsOn = ['a', b]`],
    ['a list with a spread', `export const revision = 'a1'; export const dependsOn = [...all]`],
    ['several in one declaration', `export const revision = 'a1', downRevision = 'b1'`],
    ['a list of names', `const revision = 'a1'; export { revision }`],
    ['a list of names with another name', `const id = 'a1'; export { id as revision }`],
    ['names of another file', `export * from './other.js'`],
    ['a default', `export default { revision: 'a1' }`],
    ['a pattern', `export const { revision, downRevision } = make()`],
    ['a pattern of a list', `export const [revision] = ['a1']`],
    ["TypeScript's export =", `export = { revision: 'a1', up() {} }`],
    ['a shorthand', `const revision = 'a1'; module.exports = { revision, up() {} }`],
    ['a spread', `module.exports = { ...header, up() {} }`],
    ['a quoted key', `module.exports = { 'revision': 'a1', up() {} }`],
    ['a computed key', `module.exports = { ['revision']: 'a1', up() {} }`],
    ['a getter', `module.exports = { get revision() { return 'a1' }, up() {} }`],
    ['a quoted property', `exports['revision'] = 'a1'`],
    ['an assignment of several', `Object.assign(exports, { revision: 'a1' })`],
    ['a defined property', `Object.defineProperty(exports, 'revision', { value: 'a1' })`],
    ['an object of its own', `const self = { revision: 'a1' }; module.exports = self`],
    ['what a compiler writes', `exports.downRevision = exports.revision = void 0; exports.revision = 'a1';`],
    [
      'a deeper assignment',
      `if (process.env.X) { exports.revision = 'a1' } else { exports.revision = 'b1' }`,
    ],
  ])('%s', (_how, source) => {
    expect(read(source)).toEqual({ kind: 'dynamic' })
  })
})

interface Header {
  readonly revision: string
  readonly downRevision?: null | string | readonly string[]
  readonly dependsOn?: string | readonly string[]
  readonly branchLabels?: readonly string[]
  readonly message?: string
}

// Letters, quotes, comment marks, escapes: what a text can hold.
const plain = fc.string({ unit: fc.constantFrom(...'ab1_/*é字'), minLength: 1, maxLength: 6 })
const id = fc.oneof(
  { weight: 4, arbitrary: plain },
  { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom(...'a\'"`\\$'), minLength: 1, maxLength: 6 }) },
)
const list = fc.array(id, { maxLength: 3 })
const headers: fc.Arbitrary<Header> = fc.record(
  {
    revision: id,
    downRevision: fc.oneof(fc.constant(null), id, list),
    dependsOn: fc.oneof(id, list),
    branchLabels: list,
    message: fc.string({ unit: fc.constantFrom(...'ab /*"\'\n;{}[]='), maxLength: 4 }),
  },
  { requiredKeys: ['revision'] },
)
const space = fc.constantFrom(
  '',
  ' ',
  '\n',
  '\t',
  '/* c */',
  ' // revision = 1\n',
  '/* module.exports = { */',
)

/** Prints one value as JavaScript, in one of the ways in which it can be written. */
const literalOf = (value: unknown, style: number): string => {
  if (Array.isArray(value))
    return `[${value.map((item) => literalOf(item, style)).join(', ')}${style % 2 === 0 || value.length === 0 ? '' : ','}]`
  const text = JSON.stringify(value)
  if (typeof value !== 'string' || style < 2) return text
  const quote = style < 4 ? "'" : '`'
  const escaped = value.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`).replaceAll('\n', '\\n')
  return quote + escaped.replaceAll('${', '\\${') + quote
}

type Layout = 'esm' | 'list' | 'exports' | 'module' | 'default' | 'multiple'

/** Prints a header as a file. */
const print = (header: Header, layout: Layout, style: number, gaps: readonly string[]): string => {
  const entries = Object.entries(header)
  const gap = (index: number): string => gaps[index % gaps.length] ?? ''
  const pair = ([name, value]: [string, unknown], index: number, mark: string): string =>
    `${name}${gap(index)}${mark}${gap(index + 1)}${literalOf(value, style)}${gap(index + 2)}`
  const up = 'async () => { const message = 1; return { message, revision: 2 } }'
  switch (layout) {
    case 'esm':
      return [
        ...entries.map((entry, index) => `export const ${pair(entry, index, '=')}`),
        `export const up = ${up}`,
      ].join(';\n')
    case 'multiple':
      return `export const ${[...entries.map((entry, index) => pair(entry, index, '=')), `up = ${up}`].join(', ')}`
    case 'list':
      return [
        ...entries.map((entry, index) => `const ${pair(entry, index, '=')}`),
        `const up = ${up}`,
        `export { ${[...Object.keys(header), 'up'].join(', ')} }`,
      ].join(';\n')
    case 'exports':
      return [
        ...entries.map((entry, index) => `exports.${pair(entry, index, '=')}`),
        `exports.up = ${up}`,
      ].join(';\n')
    case 'module':
      return `module.exports = { ${[...entries.map((entry, index) => pair(entry, index, ':')), `up: ${up}`].join(', ')} }`
    case 'default':
      return `export default { ${[...entries.map((entry, index) => pair(entry, index, ':')), `up: ${up}`].join(', ')} }`
  }
}

test('a header in any layout is read as importing the file gives it, or left to importing', async () => {
  const { loadModule } = await native()
  const folder = folderOf({})
  let files = 0
  let statics = 0
  await fc.assert(
    fc.asyncProperty(
      headers,
      fc.constantFrom<Layout>('esm', 'list', 'exports', 'module', 'default', 'multiple'),
      fc.nat(5),
      fc.array(space, { minLength: 1, maxLength: 6 }),
      async (header, layout, style, gaps) => {
        const source = print(header, layout, style, gaps)
        const path = join(folder, `${files++}.${layout === 'exports' || layout === 'module' ? 'cjs' : 'mjs'}`)
        writeFileSync(path, source)
        const module = await loadModule(path, 'x')
        const imported = Object.fromEntries(
          HEADER_NAMES.filter((name) => module[name] !== undefined).map((name) => [name, module[name]]),
        )
        expect(imported).toEqual(header)
        const found = read(source)
        if (found.kind === 'static') {
          statics += 1
          expect(found.values).toEqual(header)
        }
      },
    ),
    runs(250, 3000),
  )
  // Else it would hold for a reader that never reads.
  expect(statics).toBeGreaterThan(files / 10)
})
