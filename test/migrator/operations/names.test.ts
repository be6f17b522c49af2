import { DataTypes, Sequelize } from 'sequelize'
import { expect, test } from 'vitest'
import {
  derivedIndexName,
  derivedName,
  type NameLimit,
  shortName,
  withNames,
} from '../../../src/migrator/operations/names.js'

const BYTES: NameLimit = { length: 63, unit: 'bytes' }
const CHARACTERS: NameLimit = { length: 64, unit: 'characters' }

const { underscore } = (Sequelize as unknown as { Utils: { underscore(text: string): string } }).Utils
const naming = { limit: BYTES, underscore }

test.each([
  ['63 bytes stay', 'x'.repeat(63), BYTES],
  ['64 characters stay', 'ö'.repeat(64), CHARACTERS],
  ['any stays without a limit', 'x'.repeat(300), null],
])('%s', (_what, name, limit) => {
  expect(shortName(name, limit)).toBe(name)
})

test('a name that is too long is cut to the limit and ends in eight digits of its hash, always the same ones', () => {
  expect(shortName('x'.repeat(64), BYTES)).toBe(`${'x'.repeat(54)}_d19b1ac5`)
  expect(shortName('ö'.repeat(32), BYTES)).toMatch(/^ö{27}_[0-9a-f]{8}$/u)
  expect(shortName(shortName('x'.repeat(99), BYTES), BYTES)).toBe(shortName('x'.repeat(99), BYTES))
})

test('no character is cut in two', () => {
  const name = shortName('😀'.repeat(40), CHARACTERS)
  expect(name).toMatch(/^(?:😀){27}_[0-9a-f]{8}$/u)
})

test('names that begin alike stay different', () => {
  const names = Array.from({ length: 1000 }, (_, index) => shortName(`${'long_'.repeat(20)}${index}`, BYTES))
  expect(new Set(names).size).toBe(1000)
})

test('what Sequelize derives is derived', async () => {
  const sequelize = new Sequelize('sqlite::memory:', { logging: false })
  const queryInterface = sequelize.getQueryInterface()
  const sent: string[] = []
  await queryInterface.createTable('MyNotes', { firstName: DataTypes.INTEGER, b: DataTypes.INTEGER })
  const log = { logging: (sql: string) => void sent.push(sql) }
  const fields = ['firstName', { name: 'b', order: 'DESC' as const }]
  await queryInterface.addIndex('MyNotes', { fields, ...log })
  expect(sent[0]).toContain(`\`${derivedIndexName('MyNotes', fields, naming)}\``)
  const { queryGenerator } = queryInterface as unknown as {
    queryGenerator: { getConstraintSnippet(table: string, options: object): string }
  }
  const snippet = (options: object): string =>
    queryGenerator.getConstraintSnippet('MyNotes', {
      where: {},
      references: { table: 'users', field: 'id' },
      ...options,
    })
  for (const kind of ['unique', 'check', 'primary key', 'foreign key'] as const)
    for (const columns of [['firstName'], ['firstName', 'b']])
      expect(snippet({ type: kind, fields: columns })).toContain(
        `CONSTRAINT \`${derivedName(kind, 'MyNotes', columns, null, 'users')}\``,
      )
  await sequelize.close()
})

test('methods that name nothing keep their arguments', () => {
  const args = ['notes', 'title', { type: 'TEXT' }]
  expect(withNames('renameColumn', args, naming)).toBe(args)
  expect(withNames('bulkInsert', args, naming)).toBe(args)
})

test("an author's own objects are not changed", () => {
  const options = { fields: ['a'], type: 'unique' }
  const [, named] = withNames('addConstraint', ['notes', options], naming)
  expect([options, named]).toEqual([
    { fields: ['a'], type: 'unique' },
    { fields: ['a'], type: 'unique', name: 'notes_a_uk' },
  ])
})
