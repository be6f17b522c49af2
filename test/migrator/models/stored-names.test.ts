import { DataTypes, Sequelize } from 'sequelize'
import { describe, expect, test } from 'vitest'
import { modelTablesOf } from '../../../src/migrator/models/model-tables.js'
import { withStoredNames } from '../../../src/migrator/models/stored-names.js'
import { referenceOf } from '../../../src/migrator/operations/sync-sql.js'
import type { ModelTable } from '../../../src/migrator/schema/model-table.js'
import type { Schema } from '../../../src/migrator/schema/schema.js'
import { thrown } from '../support.js'

const plain = { timestamps: false }
const BOTH = { tables: true, indexes: true }

/** A database with these tables and indexes, and nothing else that matters here. */
const storing = (tables: Readonly<Record<string, readonly string[]>>): Schema => ({
  tables: Object.entries(tables).map(([name, indexes]) => ({
    schema: null,
    name,
    indexes: indexes.map((index) => ({ name: index })) as unknown as Schema['tables'][number]['indexes'],
    ...{ columns: [], primaryKey: null, uniques: [], foreignKeys: [], checks: [], exclusions: [] },
    ...{ comment: null, options: {} },
  })),
  enums: [],
})

const users = (tableName = 'users'): readonly ModelTable[] => {
  const sequelize = new Sequelize({ dialect: 'sqlite', storage: ':memory:', logging: false })
  const indexes = [{ name: 'by_name', fields: ['name'] }]
  const User = sequelize.define(
    'user',
    { name: { type: DataTypes.STRING, unique: 'one_name' } },
    { ...plain, tableName, indexes },
  )
  User.belongsTo(User, { as: 'friend' })
  return modelTablesOf(sequelize.models, sequelize)
}

const namesOf = (tables: readonly ModelTable[]): readonly unknown[] =>
  tables.map(({ name, columns, indexes, uniques }) => [
    name,
    columns.flatMap((column) => referenceOf(column)?.name ?? []),
    indexes.map((index) => index.name),
    uniques.map((unique) => unique.name),
  ])

describe('names of models', () => {
  test.each([
    [{ tables: true, indexes: true }, ['Users', ['Users'], ['BY_NAME'], ['One_Name']]],
    [{ tables: true, indexes: false }, ['Users', ['Users'], ['by_name'], ['one_name']]],
    [{ tables: false, indexes: true }, ['users', ['users'], ['by_name'], ['one_name']]],
    [{ tables: false, indexes: false }, ['users', ['users'], ['by_name'], ['one_name']]],
  ])('are spelled as the database has them where the engine is blind to case: %j', (blind, names) => {
    const stored = storing({ Users: ['BY_NAME', 'One_Name'] })
    expect(namesOf(withStoredNames(users(), stored, blind))).toEqual([names])
  })

  test('stay where the database has just these, or nothing like them, and the values with them', () => {
    const tables = users()
    const stored = storing({ USERS: [], users: ['BY_NAME', 'by_name', 'one_name'], people: ['by_nam'] })
    const [kept] = withStoredNames(tables, stored, BOTH)
    expect(kept).toBe(tables[0])
    expect(withStoredNames(tables, storing({ user: ['BY_NAME'] }), BOTH)[0]).toBe(tables[0])
  })

  test('that are not alike in other letters than ASCII’s are two', () => {
    const tables = users('Ärger')
    expect(namesOf(withStoredNames(tables, storing({ ärger: [] }), BOTH))).toEqual(namesOf(tables))
    expect(namesOf(withStoredNames(tables, storing({ ÄRGER: [] }), BOTH))[0]).toContainEqual('ÄRGER')
  })

  test('of two tables that differ in case alone are refused, if that matters', () => {
    const sequelize = new Sequelize({ dialect: 'sqlite', storage: ':memory:', logging: false })
    sequelize.define('one', {}, { ...plain, tableName: 'Words' })
    sequelize.define('other', {}, { ...plain, tableName: 'words' })
    const tables = modelTablesOf(sequelize.models, sequelize)
    const error = thrown(() => withStoredNames(tables, storing({}), BOTH))
    expect(error).toMatchObject({ code: 'INVALID_MODEL', subject: 'one' })
    expect(error.message).toBe(
      'The models "one" and "other" cannot be compared with a database: their tables "Words" and "words" differ in case alone, ' +
        'and are one table to the engine: they must be written alike. Nothing was changed. Correct it, or say ' +
        "`sm2kit: { ignore: true }` in the model's options.",
    )
    expect(withStoredNames(tables, storing({}), { tables: false, indexes: true })).toHaveLength(2)
  })
})
