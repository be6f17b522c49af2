import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readHeader } from '../../../src/migrator/directory/header.js'
import { HEADER_NAMES } from '../../../src/migrator/directory/header-names.js'
import { quickRead } from '../../../src/migrator/directory/quick-read.js'
import { checksumOf, significantTokens } from '../../../src/migrator/directory/tokens.js'
import { runs } from '../support.js'

/** By the reading that knows every text. */
const slowly = (source: string) => {
  const tokens = significantTokens(source)
  return { header: readHeader(tokens), checksum: checksumOf(tokens) }
}

/** Of a file's text, as it is read. */
const read = (source: string | Buffer) => quickRead(source.toString('utf8'))

/** Holds the quick reading to the slow one; tells whether there was one. */
const compare = (source: string): boolean => {
  const found = read(source)
  if (found === undefined) return false
  const { header, checksum } = slowly(source)
  expect([source, { header: { kind: 'static', values: found.values }, checksum: found.checksum }]).toEqual([
    source,
    { header, checksum },
  ])
  return true
}

const PIECES = [
  ...[...HEADER_NAMES, 'export', 'exports', 'module', 'const', 'let', 'var', 'default', 'get', 'as', 'null'],
  ...['up', 'async', 'function', 'return', 'a', "'a1'", '"b"', '`c`', "'é — 字'", "'\\u0061'", '`${a}`', '1'],
  ...[
    "'revision'",
    "'message'",
    '"downRevision"',
    '...',
    '=',
    '=>',
    '.',
    ',',
    ';',
    ':',
    '+',
    '/',
    '\n',
    '\r\n',
  ],
  ...['{', '}', '(', ')', '[', ']', "['a', 'b']", '// it — is\n', '// \u2028', '/* revision = */', ' ', '\0'],
  ...['export const revision = ', 'exports.downRevision = ', 'module.exports = {', 'export const up = '],
]

describe('a revision file is read quickly as it is read slowly, or left to that', () => {
  test('for any row of tokens', () => {
    let quick = 0
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 25 }), (pieces) => {
        if (compare(pieces.join(' '))) quick += 1
      }),
      runs(4000, 100_000),
    )
    expect(quick).toBeGreaterThan(50)
  })

  test('for rows of declarations', () => {
    const name = fc.constantFrom(...HEADER_NAMES, 'up', 'down')
    const value = fc.constantFrom(
      "'a1'",
      'null',
      '["a", \'b\',]',
      '[]',
      '`c`',
      "'a' + b",
      'void 0',
      '{ revision: 1 }',
    )
    const declaration = fc
      .tuple(
        fc.constantFrom(
          'export const ',
          'export let ',
          'exports.',
          'module.exports.',
          'const ',
          'const a = 1, ',
        ),
        name,
        fc.constantFrom(' = ', '=', ': string = ', ' /* so */ =\n'),
        value,
        fc.constantFrom(';\n', '\n', '\r\n', ' as const\n'),
      )
      .map((parts) => parts.join(''))
    let quick = 0
    fc.assert(
      fc.property(fc.array(declaration, { maxLength: 5 }), (declarations) => {
        if (compare(declarations.join(''))) quick += 1
      }),
      runs(2000, 50_000),
    )
    expect(quick).toBeGreaterThan(50)
  })

  test.each([
    [
      'an ES module',
      "import { DataTypes } from 'sequelize'\nexport const revision = 'a1'\nexport const downRevision = ['b', 'c']\nexport const up = async ({ context: op }) => { await op.addColumn('a', 'b', DataTypes.TEXT) }\n",
    ],
    [
      'TypeScript',
      "import type { Migration } from 'sm2kit/migrator'\nexport const revision = 'a1'\nexport const downRevision = null\nexport const up: Migration = async () => {}\n",
    ],
    [
      'CommonJS',
      "'use strict'\nexports.revision = 'a1'\nexports.downRevision = null\nexports.up = async () => {}\n",
    ],
    [
      'a file of sequelize-cli',
      "'use strict'\nmodule.exports = {\n  async up(queryInterface, Sequelize) {},\n  async down(queryInterface) {},\n}\n",
    ],
    ['a file of Umzug', 'export const up = async ({ context }) => {}\nexport async function down() {}\n'],
    ['a message beyond ASCII', "export const revision = 'a1'\nexport const message = 'añadir — 字'\n// é\n"],
    ['line breaks of Windows', "export const revision = 'a1'\r\nexport const downRevision = null // so\r\n"],
  ])('and is enough for %s', (_what, source) => {
    expect(compare(source)).toBe(true)
  })

  test.each(HEADER_NAMES)('finds "%s"', (name) => {
    expect(read(`exports.${name} = 'a1'`)?.values).toEqual({ [name]: 'a1' })
  })

  test.each([
    ['bytes that are no UTF-8', Buffer.from("exports.revision = 'a\xff'", 'latin1')],
    ['a byte order mark', Buffer.from("\ufeffexports.revision = 'a1'")],
    ['an end of a line that is none of ASCII', Buffer.from("// a\u2028exports.revision = 'a1'")],
  ])('with %s', (_what, source) => {
    const found = read(source)
    const { header, checksum } = slowly(source.toString())
    expect([{ kind: 'static', values: found?.values }, found?.checksum]).toEqual([header, checksum])
  })

  test('a text of more than a megabyte is left to the slow reading, one below is read whole', () => {
    const source = `exports.revision = 'a1'\n// ${' '.repeat(100_000)}/\n${"a('b', /* c */ `d`)\n".repeat(30_000)}`
    expect(compare(source)).toBe(true)
    expect(read(source)?.values).toEqual({ revision: 'a1' })
    expect(compare(source + source)).toBe(false)
  })

  test('takes no time that grows faster than the text', () => {
    const long = 100_000
    for (const text of [
      ' ',
      '\n',
      '/',
      '/*',
      '*',
      '/**',
      "'",
      "'\\",
      '`\\',
      '//',
      'a',
      '1',
      '=',
      '.',
      '\\',
      "','",
    ]) {
      const startedAt = performance.now()
      compare(`${text.repeat(long)} # ${text}`)
      compare(`exports.revision = [${text.repeat(long)}`)
      expect([text, performance.now() - startedAt < 10_000]).toEqual([text, true])
    }
  })
})
