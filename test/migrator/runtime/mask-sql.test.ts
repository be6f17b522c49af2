import fc from 'fast-check'
import { expect, test } from 'vitest'
import { maskSql } from '../../../src/migrator/runtime/mask-sql.js'
import { runs } from '../support.js'

test.each([
  [
    `INSERT INTO "a1" ("x", y2) VALUES ('o''ne', 2, -3.5e4, $1)`,
    'INSERT',
    `INSERT INTO "a1" ("x", y2) VALUES (?, ?, -?, $1)`,
  ],
  [`UPDATE t SET a = 0x1F WHERE b = E'it\\'s' -- secret`, 'UPDATE', 'UPDATE t SET a = ? WHERE b = ?'],
  [
    "CREATE TABLE t (a VARCHAR(80) DEFAULT 'secret')",
    'CREATE TABLE',
    'CREATE TABLE t (a VARCHAR(80) DEFAULT ?)',
  ],
  [
    'create  unique\nindex concurrently i ON t (a)',
    'CREATE INDEX',
    'create unique index concurrently i ON t (a)',
  ],
  [
    'CREATE FUNCTION f() RETURNS int AS $body$ SELECT 1 $body$ LANGUAGE sql',
    'CREATE FUNCTION',
    'CREATE FUNCTION f() RETURNS int AS ? LANGUAGE sql',
  ],
  ["ALTER ROLE app PASSWORD 'secret'", 'ALTER ROLE', 'ALTER ROLE app PASSWORD ?'],
  [
    '/* secret */ WITH x AS (SELECT 1) DELETE FROM t USING x',
    'DELETE',
    'WITH x AS (SELECT ?) DELETE FROM t USING x',
  ],
  ['WITH x AS (VALUES (1)) SELECT * FROM x', 'SELECT', 'WITH x AS (VALUES (?)) SELECT * FROM x'],
  ['PRAGMA foreign_keys = ON', 'PRAGMA', 'PRAGMA foreign_keys = ON'],
  ["DROP TABLE IF EXISTS `t's`", 'DROP TABLE', "DROP TABLE IF EXISTS `t's`"],
  ['', '', ''],
])('%s is told without values', (sql, kind, masked) => {
  expect(maskSql(sql, false)).toMatchObject({ kind, sql: masked })
})

test.each([
  [`INSERT INTO \`a\` VALUES ("it's \\" secret", 'a\\' secret') # secret`, 'INSERT INTO `a` VALUES (?, ?)'],
  [`INSERT INTO \`a"b\` VALUES ('x\\\\', 1)`, 'INSERT INTO `a"b` VALUES (?, ?)'],
])('where a backslash escapes: %s', (sql, masked) => {
  expect(maskSql(sql, true).sql).toBe(masked)
})

test('no text of a statement is seen, whatever is in it', () => {
  const text = fc.string({
    unit: fc.constantFrom("'", '"', '\\', '`', '$', '-', '/', '*', '#', ';', ' ', 'a'),
  })
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), fc.boolean(), (texts, hasBackslashes) => {
      const escaped = texts.map((one) => {
        const doubled = `${one}SECRET`.replaceAll("'", "''")
        return `'${hasBackslashes ? doubled.replaceAll('\\', '\\\\') : doubled}'`
      })
      expect(maskSql(`INSERT INTO t VALUES (${escaped.join(', ')})`, hasBackslashes).sql).toBe(
        `INSERT INTO t VALUES (${texts.map(() => '?').join(', ')})`,
      )
    }),
    runs(300, 10_000),
  )
})
