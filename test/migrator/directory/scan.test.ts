import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type SourceToken, scanPlain } from '../../../src/migrator/directory/scan.js'
import { tokensOfAny } from '../../../src/migrator/directory/tokens.js'
import { runs } from '../support.js'

const plain = ({ type, value }: SourceToken): SourceToken => ({ type, value })
const byJsTokens = (source: string): SourceToken[] => tokensOfAny(source).map(plain)

/** Pieces that are one token here and part of another there, with what may stand next to them. */
const PIECES = [
  ...' \t\n\r\f\v.?=!<>*+-&|^%~,:;[](){}/\\\'"`$_#@0123456789abnxeEu',
  '\r\n',
  '=>',
  '...',
  '?.',
  '??=',
  '>>>=',
  '**=',
  '!==',
  '===',
  '//',
  '/*',
  '*/',
  '<!--',
  '-->',
  '${',
  '0x1f',
  '1_000',
  '1.5e-3',
  '.5',
  '10n',
  "'it''s'",
  '"a\\"b"',
  "'a\\\nb'",
  "'a\\\r\nb'",
  '`a $b \\` c`',
  '`a ${b} c`',
  '// a comment\n',
  '/* a\n comment */',
  'return',
  'if (a) /b/.test(c)',
  'é',
  '\u00a0',
  '\u2028',
  '\ufeff',
  '\u{1f600}',
  '\\u0061',
]

describe('scanPlain', () => {
  test('gives what js-tokens gives, or nothing, for any row of characters and tokens', () => {
    const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(text, (source) => {
        const found = scanPlain(source)
        if (found !== undefined) expect(found).toEqual(byJsTokens(source))
      }),
      runs(5000, 200_000),
    )
  })

  test('gives what js-tokens gives, or nothing, for any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 30 }),
        fc.string({ maxLength: 30 }),
        (one, other) => {
          for (const source of [one, other, `'${one}'`, `// ${one}`, `/* ${one} */`, `\`${other}\``]) {
            const found = scanPlain(source)
            if (found !== undefined) expect(found).toEqual(byJsTokens(source))
          }
        },
      ),
      runs(1000, 20_000),
    )
  })

  test('gives what js-tokens gives for the operators, each beside each', () => {
    const operators = [...'.?=!<>*+-&|^%~,:;[](){}a1', '=>', '==', '...', '??', '++', '--', '&&', '||']
    for (const one of operators) {
      for (const two of operators) {
        for (const three of operators) {
          const source = one + two + three
          const found = scanPlain(source)
          if (found !== undefined) expect([source, found]).toEqual([source, byJsTokens(source)])
        }
      }
    }
  })

  test('gives what js-tokens gives for the files of this project, and is enough for most', () => {
    const root = join(import.meta.dirname, '..', '..', '..', 'src')
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    )
    const sources = files.map((name) => readFileSync(join(root, name), 'utf8'))
    const found = sources.map((source) => [scanPlain(source), byJsTokens(source)] as const)
    const scanned = found.filter(([tokens]) => tokens !== undefined)
    expect(scanned.length).toBeGreaterThan(20)
    for (const [tokens, expected] of scanned) expect(tokens).toEqual(expected)
  })

  test('is enough for a revision as it is usually written', () => {
    const source = `import { DataTypes } from 'sequelize'
// why
export const revision = '8c1d0a5be2f7'
export const up = async ({ context: op }) => {
  await op.addColumn('notes', 'stars', { type: DataTypes.INTEGER, defaultValue: 0 }) /* once */
  await op.sequelize.query(\`UPDATE notes SET stars = 1 WHERE title = 'it\\\\'s'\`)
}
`
    expect(scanPlain(source)).toEqual(byJsTokens(source))
  })

  test.each([
    ['a division', 'a / b'],
    ['a regular expression', '/a/'],
    ['a template with a part to compute', '`${a}`'],
    ['a text that is not closed', "'a"],
    ['a comment that is not closed', '/* a'],
    ['a private name', '#a'],
    ['a decorator', '@a'],
    ['a name beyond ASCII', 'é'],
    ['a hashbang', '#!/usr/bin/env node'],
    ['a number in another base', '0x1f'],
  ])('leaves %s to js-tokens', (_what, source) => {
    expect(scanPlain(source)).toBeUndefined()
  })
})
