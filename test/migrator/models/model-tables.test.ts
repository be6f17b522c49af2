import { DataTypes, fn, literal, Model, type ModelStatic, Op, Sequelize } from 'sequelize'
import { describe, expect, test } from 'vitest'
import { modelTablesOf } from '../../../src/migrator/models/model-tables.js'
import type { ModelTable } from '../../../src/migrator/schema/model-table.js'
import { thrown } from '../support.js'

const instance = (dialect: 'sqlite' | 'postgres' = 'sqlite', options: object = {}): Sequelize =>
  new Sequelize({
    dialect,
    logging: false,
    ...(dialect === 'sqlite' ? { storage: ':memory:' } : {}),
    ...options,
  })

const tablesOf = (sequelize: Sequelize): readonly ModelTable[] => modelTablesOf(sequelize.models, sequelize)

const only = (tables: readonly ModelTable[]): ModelTable => {
  const [table] = tables
  if (table === undefined || tables.length > 1) throw new Error(`One table, not ${tables.length}`)
  return table
}

const named = (tables: readonly ModelTable[], name: string): ModelTable =>
  only(tables.filter((table) => table.name === name))

const columnsOf = (table: ModelTable): readonly string[] => table.columns.map(({ name }) => name)

const attributeOf = (table: ModelTable, name: string): Readonly<Record<string, unknown>> => {
  const column = table.columns.find((one) => one.name === name)
  if (column === undefined) throw new Error(`No column ${name}`)
  return column.attribute
}

const INTEGER = DataTypes.INTEGER
const plain = { timestamps: false, freezeTableName: true }

describe('the columns of a model', () => {
  test('are those of its attributes, timestamps and paranoid included; virtual ones are not', () => {
    const sequelize = instance()
    sequelize.define(
      'Word',
      { theText: DataTypes.STRING, shown: DataTypes.VIRTUAL, other: { type: INTEGER, field: 'o_t' } },
      { underscored: true, paranoid: true, createdAt: 'bornAt' },
    )
    const table = only(tablesOf(sequelize))
    expect([table.schema, table.name, table.models]).toEqual([null, 'words', ['Word']])
    expect(columnsOf(table)).toEqual(['id', 'the_text', 'o_t', 'born_at', 'updated_at', 'deleted_at'])
  })

  test('are one for two attributes on one column, and the last of these counts', () => {
    const sequelize = instance()
    sequelize.define(
      't',
      { a: { type: INTEGER, field: 'x', comment: 'first' }, b: { type: DataTypes.STRING, field: 'x' } },
      plain,
    )
    const table = only(tablesOf(sequelize))
    expect(columnsOf(table)).toEqual(['id', 'x'])
    expect(String(attributeOf(table, 'x')['type'])).toBe('VARCHAR(255)')
    expect(attributeOf(table, 'x')['comment']).toBeUndefined()
  })

  test('have no default of the database where it is null or lives in JavaScript', () => {
    const sequelize = instance()
    sequelize.define(
      't',
      {
        none: { type: INTEGER, defaultValue: null },
        now: { type: DataTypes.DATE, defaultValue: DataTypes.NOW },
        uuid: { type: DataTypes.UUID, defaultValue: DataTypes.UUIDV4 },
        made: { type: INTEGER, defaultValue: () => 1 },
        zero: { type: INTEGER, defaultValue: 0 },
        empty: { type: DataTypes.STRING, defaultValue: '' },
        no: { type: DataTypes.BOOLEAN, defaultValue: false },
        sql: { type: DataTypes.DATE, defaultValue: literal('CURRENT_TIMESTAMP') },
        call: { type: DataTypes.DATE, defaultValue: fn('now') },
      },
      plain,
    )
    const table = only(tablesOf(sequelize))
    const withDefault = table.columns.filter(({ attribute }) => 'defaultValue' in attribute)
    expect(withDefault.map(({ name }) => name)).toEqual(['zero', 'empty', 'no', 'sql', 'call'])
  })

  test('are not changed by reading them, and can be read again', () => {
    const sequelize = instance()
    sequelize.define('t', { a: { type: DataTypes.ENUM('x'), defaultValue: null, unique: true } }, plain)
    const before = { ...sequelize.models['t']?.rawAttributes['a'] }
    expect(tablesOf(sequelize)).toEqual(tablesOf(sequelize))
    expect(sequelize.models['t']?.rawAttributes['a']).toEqual(before)
  })
})

describe('references', () => {
  test('may be a model, a name, an object with a schema, and a name alone', () => {
    const sequelize = instance('postgres')
    const target = sequelize.define('target', {}, { ...plain, schema: 'app' })
    sequelize.define('later', {}, plain)
    sequelize.define(
      't',
      {
        a: { type: INTEGER, references: { model: target, key: 'id' } },
        b: { type: INTEGER, references: { model: 'later', key: 'id' }, onDelete: 'cascade' },
        c: {
          type: INTEGER,
          references: { model: { tableName: 'target', schema: 'app' }, key: 'id' } as never,
        },
        d: { type: INTEGER, references: 'later' as never },
      },
      plain,
    )
    const table = named(tablesOf(sequelize), 't')
    const inApp = { model: { tableName: 'target', schema: 'app', delimiter: '.' }, key: 'id' }
    expect(attributeOf(table, 'a')['references']).toEqual(inApp)
    expect(attributeOf(table, 'b')).toMatchObject({
      references: { model: 'later', key: 'id' },
      onDelete: 'cascade',
    })
    expect(attributeOf(table, 'c')['references']).toEqual(inApp)
    expect(attributeOf(table, 'd')['references']).toEqual({ model: 'later', key: 'id' })
  })

  test('are unique together in a table between two that has a key of its own', () => {
    const sequelize = instance()
    const user = sequelize.define('User', {}, { timestamps: false })
    const tag = sequelize.define('Tag', {}, { timestamps: false })
    const link = sequelize.define('Link', { id: { type: INTEGER, primaryKey: true } }, { timestamps: false })
    user.belongsToMany(tag, { through: link })
    tag.belongsToMany(user, { through: link })
    expect(named(tablesOf(sequelize), 'Links').uniques).toEqual([
      { name: 'Links_TagId_UserId_unique', isNamed: false, columns: ['UserId', 'TagId'] },
    ])
  })

  test('without a schema are to the schema of the table that has them', () => {
    const sequelize = instance('postgres')
    sequelize.define(
      't',
      { a: { type: INTEGER, references: { model: 'u', key: 'id' } } },
      { ...plain, schema: 'x' },
    )
    const table = only(tablesOf(sequelize))
    expect(table.schema).toBe('x')
    expect(attributeOf(table, 'a')['references']).toMatchObject({ model: { tableName: 'u', schema: 'x' } })
  })

  test('come from associations, and so do the tables between two', () => {
    const sequelize = instance()
    const user = sequelize.define('User', {}, { timestamps: false })
    const tag = sequelize.define('Tag', {}, { timestamps: false })
    user.belongsToMany(tag, { through: 'user_tags', timestamps: false })
    tag.belongsToMany(user, { through: 'user_tags', timestamps: false })
    user.hasMany(sequelize.define('Note', {}, { timestamps: false }))
    const tables = tablesOf(sequelize)
    expect(tables.map(({ name }) => name)).toEqual(['Users', 'Tags', 'user_tags', 'Notes'])
    const between = named(tables, 'user_tags')
    expect(columnsOf(between)).toEqual(['UserId', 'TagId'])
    // The two columns are its primary key.
    expect(between.uniques).toEqual([])
    expect(attributeOf(named(tables, 'Notes'), 'UserId')).toMatchObject({
      references: { model: 'Users', key: 'id' },
      onDelete: 'SET NULL',
      onUpdate: 'CASCADE',
    })
  })

  test('make the schema a part of the name where the engine has none', () => {
    const sequelize = instance('sqlite')
    sequelize.define('t', {}, { ...plain, schema: 'x' })
    sequelize.define('u', {}, { ...plain, schema: 'x', schemaDelimiter: '_' } as object)
    expect(tablesOf(sequelize).map(({ schema, name }) => [schema, name])).toEqual([
      [null, 'x.t'],
      [null, 'x_u'],
    ])
  })
})

describe('uniques and indexes', () => {
  test('have the names of Sequelize, and say whether the author has written them', () => {
    const sequelize = instance()
    sequelize.define(
      'T',
      {
        a: { type: INTEGER, unique: true },
        b: { type: INTEGER, unique: { name: 'mine', msg: 'no' } },
        c: { type: INTEGER, unique: 'both' },
        dD: { type: INTEGER, unique: 'both', field: 'd' },
        e: { type: INTEGER, unique: { msg: 'taken' } as never },
      },
      {
        ...plain,
        indexes: [
          { fields: ['a', 'dD'] },
          { fields: [{ name: 'b', order: 'DESC' }], name: 'mine_too', unique: true },
          {
            fields: [fn('lower', 'c')],
            name: 'expression',
            where: { dD: null, [Op.or]: [{ dD: 1 }, { a: 2 }] },
          },
        ],
      },
    )
    const { uniques, indexes } = only(tablesOf(sequelize))
    expect(uniques).toEqual([
      { name: 'T_a_unique', isNamed: false, columns: ['a'] },
      { name: 'mine', isNamed: true, columns: ['b'] },
      { name: 'both', isNamed: true, columns: ['c', 'd'] },
      { name: 'T_e_unique', isNamed: false, columns: ['e'] },
    ])
    expect(indexes.map(({ name, isNamed }) => [name, isNamed])).toEqual([
      ['t_a_d_d', false],
      ['mine_too', true],
      ['expression', true],
    ])
    expect(indexes[0]?.options['fields']).toEqual(['a', 'd'])
    expect(indexes[1]?.options).toMatchObject({ fields: [{ name: 'b', order: 'DESC' }], unique: true })
    expect(indexes[2]?.options['where']).toEqual({ d: null, [Op.or]: [{ d: 1 }, { a: 2 }] })
  })

  test('may be on an attribute that only an association adds', () => {
    const sequelize = instance()
    const user = sequelize.define('User', {}, plain)
    const note = sequelize.define(
      'Note',
      {},
      { ...plain, underscored: true, indexes: [{ fields: ['UserId'] }] },
    )
    note.belongsTo(user)
    expect(named(tablesOf(sequelize), 'Note').indexes[0]?.options['fields']).toEqual(['user_id'])
  })
})

describe('two models on one table', () => {
  const both = (one: object, other: object, oneOptions: object = {}, otherOptions: object = {}) => {
    const sequelize = instance()
    sequelize.define('One', one as never, { ...plain, tableName: 't', ...oneOptions })
    sequelize.define('Other', other as never, { ...plain, tableName: 't', ...otherOptions })
    sequelize.define('target', {}, plain)
    return sequelize
  }

  test('are the union of both', () => {
    const reference = { type: INTEGER, references: { model: 'target', key: 'id' }, onDelete: 'CASCADE' }
    const table = named(
      tablesOf(
        both(
          { a: { type: INTEGER }, b: { type: DataTypes.STRING, unique: true } },
          { a: reference, c: DataTypes.TEXT, b: { type: DataTypes.STRING, unique: true } },
          { indexes: [{ fields: ['c'] }], sm2kit: { checks: [{ expression: 'a > 0' }] } },
          { comment: 'said once' },
        ),
      ),
      't',
    )
    expect(table.models).toEqual(['One', 'Other'])
    expect(columnsOf(table)).toEqual(['id', 'a', 'b', 'c'])
    expect(attributeOf(table, 'a')).toMatchObject({ references: { model: 'target' }, onDelete: 'CASCADE' })
    expect(table.uniques).toHaveLength(1)
    expect(table.indexes).toHaveLength(1)
    expect(table.checks).toEqual([{ expression: 'a > 0' }])
    expect(table.comment).toBe('said once')
  })

  test.each([
    ['types', { a: DataTypes.STRING }, { a: INTEGER }, 'type is "VARCHAR(255)" to one and "INTEGER"'],
    ['enums', { a: DataTypes.ENUM('x') }, { a: DataTypes.ENUM('y') }, 'type is'],
    [
      'NULL',
      { a: INTEGER },
      { a: { type: INTEGER, allowNull: false } },
      'allowNull is true to one and false',
    ],
    [
      'defaults',
      { a: { type: INTEGER, defaultValue: 1 } },
      { a: INTEGER },
      'defaultValue is 1 to one and nothing',
    ],
  ])('are refused where their %s contradict each other', (_what, one, other, fault) => {
    const error = thrown(() => tablesOf(both(one, other)))
    expect(error.code).toBe('INVALID_MODEL')
    expect(error.message).toContain('The models "One" and "Other"')
    expect(error.message).toContain('on the table "t" and do not agree on its column "a"')
    expect(error.message).toContain(fault)
  })

  test('are refused where one name is of two indexes', () => {
    const index = (fields: readonly string[]) => ({ indexes: [{ name: 'i', fields }] })
    const error = thrown(() =>
      tablesOf(both({ a: INTEGER, b: INTEGER }, { a: INTEGER, b: INTEGER }, index(['a']), index(['b']))),
    )
    expect(error.message).toContain('do not agree on the index "i"')
  })
})

describe('the options of sm2kit', () => {
  const withOptions = (sm2kit: unknown) => {
    const sequelize = instance()
    sequelize.define('T', { aA: { type: INTEGER, field: 'a' } }, { ...plain, sm2kit } as object)
    return sequelize
  }

  test('say checks, generated columns and collations, by attribute or column', () => {
    const table = only(
      tablesOf(
        withOptions({
          checks: [],
          generated: { aA: { expression: '1', stored: true } },
          collations: { a: 'NOCASE' },
        }),
      ),
    )
    expect(table.checks).toEqual([])
    expect(table.columns[1]).toMatchObject({
      generated: { expression: '1', stored: true },
      collation: 'NOCASE',
    })
    expect(only(tablesOf(withOptions(undefined))).checks).toBeUndefined()
  })

  test('leave a model out', () => {
    expect(tablesOf(withOptions({ ignore: true }))).toEqual([])
  })

  test.each([
    [7, 'must be an object'],
    [{ check: [] }, 'has "check", which is none of checks, generated, collations, ignore'],
    [{ checks: ['a > 0'] }, 'checks'],
    [{ generated: { a: 'x' } }, 'generated'],
    [{ generated: { nope: { expression: '1', stored: true } } }, 'names "nope"'],
    [{ collations: { a: '' } }, 'collations'],
    [{ ignore: 'yes' }, 'ignore'],
  ])('%j is refused', (sm2kit, fault) => {
    const error = thrown(() => tablesOf(withOptions(sm2kit)))
    expect([error.code, error.message]).toEqual(['INVALID_MODEL', expect.stringContaining('The model "T"')])
    expect(error.message).toContain(fault)
  })
})

describe('what is no model that a table could be made of', () => {
  const refusal = (define: (sequelize: Sequelize) => void): string => {
    const sequelize = instance()
    define(sequelize)
    const error = thrown(() => tablesOf(sequelize))
    expect(error.code).toBe('INVALID_MODEL')
    return error.message
  }

  test('is named, with its attribute and its fault', () => {
    const attribute = (a: object) => refusal((sequelize) => sequelize.define('T', { a } as never, plain))
    expect(attribute({ type: '' })).toContain(
      'The model "T" cannot be compared with a database: its attribute "a" has an empty',
    )
    expect(attribute({ type: {} })).toContain('neither a text nor one of Sequelize')
    expect(attribute({ type: DataTypes.ARRAY(DataTypes.ENUM()) })).toContain('"a" is an ENUM without values')
    expect(attribute({ type: INTEGER, references: { model: undefined, key: 'id' } })).toContain(
      'refers to nothing',
    )
    expect(attribute({ type: INTEGER, references: 5 })).toContain('has "references" that are no')
    expect(attribute({ type: INTEGER, references: { model: 'T', key: 'nope' } })).toContain(
      'its column "a" refers to "nope" of the table "T", which has no such column',
    )
    expect(attribute({ type: INTEGER, field: '' })).toContain('an empty text as its column')
  })

  test('is an index or a unique constraint on what it does not have', () => {
    const index = (fields: readonly unknown[], rest: object = {}) =>
      refusal((sequelize) => sequelize.define('T', {}, { ...plain, indexes: [{ fields, ...rest }] as never }))
    expect(index(['nope'])).toContain('the index "t_nope" is on "nope", which is no column of its table')
    expect(index([])).toContain('has no fields')
    expect(index([{ order: 'ASC' }], { name: 'x' })).toContain(
      'an index of it (x) has a field without a name',
    )
    expect(
      refusal((sequelize) =>
        sequelize.define('T', {}, { ...plain, uniqueKeys: { u: { fields: ['nope'] } } } as object),
      ),
    ).toContain('the unique constraint "u" is on "nope"')
    expect(
      refusal((sequelize) =>
        sequelize.define('T', { shown: { type: DataTypes.VIRTUAL, unique: true } }, plain),
      ),
    ).toContain('the unique constraint "T_shown_unique" is on "shown", which is no column of its table')
  })

  test('is what was never initialised, or is something else', () => {
    const sequelize = instance()
    class Never extends Model {}
    const given = (models: unknown) => thrown(() => modelTablesOf(models as never, sequelize)).message
    expect(given([Never])).toContain(
      'The model "Never" cannot be compared with a database: it was never initialised',
    )
    expect(given({ thing: 5 })).toContain(
      'The model "thing" cannot be compared with a database: it is not a model',
    )
    expect(given([null])).toContain('it is not a model')
    expect(given({ f: () => {} })).toContain('it is not a model')
  })

  test('is not the instance and the class beside the models, as sequelize-cli exports them', () => {
    const sequelize = instance()
    const word = sequelize.define('word', {}, plain)
    const tables = modelTablesOf({ word, again: word, sequelize, Sequelize }, sequelize)
    expect(tables.map(({ models }) => models)).toEqual([['word']])
    const models: readonly ModelStatic<Model>[] = [word]
    expect(modelTablesOf(models, sequelize)).toEqual(tables)
  })
})
