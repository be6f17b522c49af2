import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checksumOf, significantTokens } from '../../../src/migrator/directory/tokens.js'
import { runs } from '../support.js'

const checksum = (source: string): string => checksumOf(significantTokens(source))

/** A revision that holds what is hard to cut into tokens. */
const HARD = `
import { DataTypes } from 'sequelize'
import type { Migration } from 'sm2kit/migrator'
export const revision: string = 'a1' as const
const url = 'https://example.org/*'
const notClosed = "*/ // no comment"
const pattern = /\\/\\*[/*"'\`]+\\//giu
const half = 4 / 2 / 1
const sql = \`SELECT '/* kept */' -- \${[1, 2].map((n) => \`\${n}//\`).join('/*')}
  FROM "t"\`
class Ring<T extends { a: number }> { #secret?: T; static { void 0 } get it(): T | undefined { return this.#secret! } }
enum Colour { Red = 1 << 2, Green }
const typed = <T,>(value: T): value is NonNullable<T> => value !== null
export const up: Migration = async ({ context: op }) => {
  if (half > 1) /re/.test(sql)
  await op.addColumn('a', 'b', { type: DataTypes.STRING(20), defaultValue: 'x' } satisfies object)
}
`

describe('the checksum of a revision file', () => {
  test.each([
    ['an indentation', `export const a = 1`, `  export   const\ta  =  1`],
    ['line breaks of a formatter', `f(a, b); g()`, `f(\n  a,\n  b\n);\n\n\ng(\n)`],
    ['line endings of Windows', `a()\nb()\n`, `a()\r\nb()\r\n`],
    ['line endings of Windows inside a template', 'q(`a\nb${c}d\ne`)', 'q(`a\r\nb${c}d\r\ne`)'],
    ['a byte order mark', `a()`, `\uFEFFa()`],
    ['a line comment', `a()`, `// why\na() // because`],
    ['a block comment', `a(b)`, `/* why\n * so */ a(/* here */ b) /**/`],
    ['another text of a comment', `a() // tpyo`, `a() // typo`],
    ['a hashbang', `a()`, `#!/usr/bin/env node\na()`],
    ['the last line break', `a()`, `a()\n`],
    ['non-breaking space', `a = 1`, `a\u00a0=\u20281`],
  ])('is not changed by %s', (_what, before, after) => {
    expect(checksum(after)).toBe(checksum(before))
  })

  test.each([
    ['a number', `a(1)`, `a(2)`],
    ['a name', `a(b)`, `a(c)`],
    ['a letter of a text', `a('b')`, `a('B')`],
    ['a space in a text', `a('b c')`, `a('b  c')`],
    ['a line break in a template', 'a(`b c`)', 'a(`b\nc`)'],
    ['what looks like a comment in a text', `a('/* b */')`, `a('/* c */')`],
    ['what looks like a line comment in a text', `a("http://b")`, `a("http://c")`],
    ['what looks like a comment in a template', 'a(`-- // b`)', 'a(`-- // c`)'],
    ['a text in a template in a template', 'a(`${`${"//b"}`}`)', 'a(`${`${"//c"}`}`)'],
    ['what looks like a comment in a regular expression', `a(/[/*]b/)`, `a(/[/*]c/)`],
    ['a flag of a regular expression', `a(/b/g)`, `a(/b/u)`],
    ['a type', `const a: string = b`, `const a: number = b`],
    ['an assertion', `const a = b as const`, `const a = b`],
    ['a comment mark', `a() // b()`, `a()\nb()`],
    ['where one token ends', `a + +b`, `a ++ b`],
    ['where one word ends', `ab c`, `a bc`],
    ['the order of statements', `a();b()`, `b();a()`],
    ['the quotes of a text', `a('b')`, `a("b")`],
    ['an await', `await a()`, `a()`],
    ['an empty file', ``, `;`],
  ])('is changed by %s', (_what, before, after) => {
    expect(checksum(after)).not.toBe(checksum(before))
  })

  test('is a SHA-256 in hexadecimal digits', () => {
    expect(checksum('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  })

  test('of a file that cannot be parsed is that of its text', () => {
    expect(checksum(`const a = 'unterminated\nb()`)).toBe(checksum(`const a   = 'unterminated\nb()`))
    expect(checksum(`const a = 'unterminated\nb()`)).not.toBe(checksum(`const a = 'unterminated\nc()`))
  })

  const tokens = significantTokens(HARD)
  // A comment straight after a division would be another comment: hence the space before it.
  const gap = fc.constantFrom(
    ' ',
    '\n',
    '\t',
    '\r\n',
    ' /* a "b" `c` */ ',
    "\n// it's `this`\n",
    ' /**/ ',
    '\u00a0',
  )

  test('is not changed by any white space and comments between the tokens of a real file', () => {
    fc.assert(
      fc.property(fc.array(gap, { minLength: tokens.length, maxLength: tokens.length }), (gaps) => {
        const printed = tokens.map((token, index) => gaps[index] + token.value).join('')
        expect(checksum(printed)).toBe(checksum(HARD))
      }),
      runs(100, 2000),
    )
  })

  test('is changed when any one token of a real file is left out, doubled or changed', () => {
    const all = new Set([checksum(HARD)])
    for (const [index, token] of tokens.entries()) {
      const before = tokens.slice(0, index)
      const after = tokens.slice(index + 1)
      all.add(checksumOf([...before, ...after]))
      all.add(checksumOf([...before, token, token, ...after]))
      all.add(checksumOf([...before, { ...token, value: `${token.value}_` }, ...after]))
    }
    // Two equal tokens in a row: leaving out the one or the other is the same text.
    const twins = tokens.filter((token, index) => token.value === tokens[index + 1]?.value).length
    expect(all.size).toBe(1 + 3 * tokens.length - 2 * twins)
  })
})
