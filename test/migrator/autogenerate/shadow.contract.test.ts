import { setTimeout } from 'node:timers/promises'
import fc from 'fast-check'
import { DataTypes, literal, type Sequelize } from 'sequelize'
import { expect, test } from 'vitest'
import { describeNewest, type Engine, withDatabase } from '../../support/engines/index.js'
import { define, modelsArb, typesOf } from '../schema/models-support.js'
import { failure, rowsOf, runs } from '../support.js'
import { everythingIn, expectTrueTranslations, shadowOfModels } from './support.js'

const withSequelize = (engine: Engine, use: (sequelize: Sequelize) => Promise<void>): Promise<void> =>
  withDatabase(engine, async (database) => {
    const sequelize = database.connect()
    // The extensions are the database's, and not part of a schema.
    if (engine.dialect === 'postgres')
      await sequelize.query('CREATE EXTENSION citext; CREATE EXTENSION hstore')
    await use(sequelize)
  })

/** The databases or schemas of a shadow's that are there. */
const shadowsOn = async (sequelize: Sequelize): Promise<readonly unknown[]> => {
  const rows = await rowsOf(
    sequelize,
    "SELECT schema_name AS name FROM information_schema.schemata WHERE schema_name LIKE 'sm2kit\\_shadow%'",
  )
  return rows.map(({ name }) => name)
}

/** What stays of shadows. A scratch database of another test on the same server is there for as long as that one needs it. */
const leftBehind = async (engine: Engine, sequelize: Sequelize): Promise<readonly unknown[]> => {
  if (engine.dialect === 'sqlite') return []
  let left = await shadowsOn(sequelize)
  for (let waited = 0; left.length > 0 && waited < 20_000; waited += 100) {
    await setTimeout(100)
    const still = new Set(await shadowsOn(sequelize))
    left = left.filter((name) => still.has(name))
  }
  return left
}

describeNewest('a shadow of models', (engine) => {
  const expectAsSynced = async (
    sequelize: Sequelize,
    options: { readonly schemas?: readonly string[] } = {},
  ): Promise<readonly string[]> => {
    const before = await everythingIn(sequelize, options.schemas)
    const shadow = await shadowOfModels(sequelize)
    expect(await everythingIn(sequelize, options.schemas)).toEqual(before)
    await sequelize.sync()
    const synced = await everythingIn(sequelize, options.schemas)
    expect(shadow).toEqual(synced)
    // Tables of these names are there now.
    expect(await shadowOfModels(sequelize)).toEqual(synced)
    expect(await everythingIn(sequelize, options.schemas)).toEqual(synced)
    expect(await leftBehind(engine, sequelize)).toEqual([])
    return expectTrueTranslations(sequelize, shadow)
  }

  test('is what sync() makes, for a column of every data type with each of its defaults', () =>
    withSequelize(engine, async (sequelize) => {
      for (const [place, { type, defaults = [] }] of typesOf(engine.dialect).entries())
        for (const [which, defaultValue] of [undefined, null, ...defaults].entries())
          sequelize.define(
            `t${place}_${which}`,
            {
              a: { type, ...(defaultValue === undefined ? {} : { defaultValue }) },
              b: {
                type,
                allowNull: false,
                ...(defaultValue === undefined || defaultValue === null ? {} : { defaultValue }),
              },
            },
            { freezeTableName: true, timestamps: false },
          )
      await expectAsSynced(sequelize)
    }))

  test('is what sync() makes, for random models', async () => {
    await fc.assert(
      fc.asyncProperty(modelsArb(engine.dialect), (models) =>
        withSequelize(engine, async (sequelize) => {
          define(sequelize, models)
          await expectAsSynced(sequelize)
        }),
      ),
      runs(8, 300),
    )
  }, 3_600_000)

  test('is what sync() makes, with associations, unique groups and defaults of the database', () =>
    withSequelize(engine, async (sequelize) => {
      const user = sequelize.define('User', {
        email: { type: DataTypes.STRING, unique: true },
        login: { type: DataTypes.STRING(40), unique: { name: 'one_login', msg: 'taken' } },
        first: { type: DataTypes.STRING(40), unique: 'whole_name' },
        last: { type: DataTypes.STRING(40), unique: 'whole_name' },
        seenAt: { type: DataTypes.DATE, defaultValue: literal('CURRENT_TIMESTAMP') },
        count: { type: DataTypes.INTEGER, defaultValue: literal('(1 + 1)') },
      })
      const tag = sequelize.define('Tag', { id: { type: DataTypes.BIGINT, primaryKey: true } })
      user.belongsToMany(tag, { through: 'user_tags' })
      tag.belongsToMany(user, { through: 'user_tags' })
      user.hasMany(sequelize.define('Note', {}, { underscored: true, paranoid: true }), {
        onDelete: 'CASCADE',
        foreignKey: { name: 'ownerId', allowNull: false },
      })
      user.belongsTo(user, { as: 'boss', onDelete: 'SET NULL', onUpdate: 'RESTRICT' })
      await expectAsSynced(sequelize)
    }))

  test('has the keys of a circle, once each', () =>
    withSequelize(engine, async (sequelize) => {
      const [a, b, c] = ['a', 'b', 'c'].map((name) =>
        sequelize.define(name, {}, { freezeTableName: true, timestamps: false }),
      )
      if (a === undefined || b === undefined || c === undefined) throw new Error('Three')
      a.belongsTo(b)
      b.belongsTo(c)
      c.belongsTo(a)
      c.belongsTo(c, { as: 'parent' })
      const { tables } = await shadowOfModels(sequelize)
      const keys = tables.flatMap(({ name, foreignKeys }) =>
        foreignKeys.map(({ columns, target, targetColumns, onDelete }) => [
          `${name}.${columns}`,
          `${target.name}.${targetColumns}`,
          onDelete,
        ]),
      )
      expect(keys.sort()).toEqual([
        ['a.bId', 'b.id', 'SET NULL'],
        ['b.cId', 'c.id', 'SET NULL'],
        ['c.aId', 'a.id', 'SET NULL'],
        ['c.parentId', 'c.id', 'SET NULL'],
      ])
      if (engine.dialect === 'sqlite') await expectAsSynced(sequelize)
    }))

  test('has checks, generated columns and collations that a model says', () =>
    withSequelize(engine, async (sequelize) => {
      const collation = { sqlite: 'NOCASE', postgres: 'C', mysql: 'utf8mb4_bin' }[engine.dialect]
      sequelize.define(
        'Item',
        {
          price: { type: DataTypes.INTEGER, allowNull: false },
          code: { type: DataTypes.STRING(9), defaultValue: 'x', comment: 'a COLLATE' },
          double: { type: DataTypes.INTEGER, comment: 'twice', allowNull: engine.dialect === 'mysql' },
        },
        {
          timestamps: false,
          sm2kit: {
            checks: [{ name: 'positive', expression: 'price > 0' }, { expression: 'price < 100' }],
            generated: { double: { expression: 'price * 2', stored: true } },
            collations: { code: collation },
          },
        } as object,
      )
      const [table] = (await shadowOfModels(sequelize)).tables
      expect(table?.checks).toHaveLength(2)
      expect(table?.checks.map(({ name }) => name)).toContain('positive')
      const [, , code, double] = table?.columns ?? []
      expect(code).toMatchObject({ collation: engine.dialect === 'postgres' ? '"C"' : collation })
      expect(code?.default).toMatch(/'x'/u)
      expect(double?.generated?.stored).toBe(true)
      if (engine.dialect !== 'sqlite') expect(double?.comment).toBe('twice')
      expect(await everythingIn(sequelize)).toEqual({ tables: [], enums: [] })
    }))

  test('names the model that the database refuses, with its words, and leaves nothing', () =>
    withSequelize(engine, async (sequelize) => {
      sequelize.define('Good', {}, { freezeTableName: true })
      sequelize.define('Broken', { bad: { type: 'NO) TYPE' } }, { freezeTableName: true })
      const error = await failure(shadowOfModels(sequelize))
      expect(error.code).toBe('MODEL_NOT_CREATABLE')
      expect(error.message).toMatch(/the model "Broken" is refused by \w+: .*(?:syntax|type)/iu)
      expect(await everythingIn(sequelize)).toEqual({ tables: [], enums: [] })
      expect(await leftBehind(engine, sequelize)).toEqual([])
      await sequelize.query('SELECT 1')
    }))

  test('works on one connection, and changes nothing of it', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect({ pool: { min: 0, max: 1, idle: 1_000, acquire: 5_000 } })
      await sequelize.query('CREATE TABLE own (id INTEGER PRIMARY KEY)')
      sequelize.define('pick', { one: DataTypes.ENUM('a', 'b') }, { freezeTableName: true })
      const shadow = await shadowOfModels(sequelize)
      expect(shadow.tables.map(({ name }) => name)).toEqual(['pick'])
      expect((await everythingIn(sequelize)).tables.map(({ name }) => name)).toEqual(['own'])
    }))
})

describeNewest(
  'a shadow of models in schemas',
  (engine) => {
    const defineInSchemas = (sequelize: Sequelize): void => {
      const options = (schema: string) => ({ schema, freezeTableName: true, timestamps: false })
      const column = { kind: { type: DataTypes.ENUM('a', "b'"), defaultValue: 'a' }, note: DataTypes.STRING }
      const kinds = { kinds: { type: DataTypes.ARRAY(DataTypes.ENUM('x', 'y')), defaultValue: ['x'] } }
      const mine = sequelize.define('mine', { ...column }, { freezeTableName: true, timestamps: false })
      const same = sequelize.define('same', { ...column }, { ...options('public') })
      const other = sequelize.define(
        'other',
        { ...column, ...kinds },
        { ...options('app'), tableName: 'mine' },
      )
      const odd = sequelize.define('odd', { ...column }, { ...options('My Schema'), tableName: 'mine' })
      same.belongsTo(other, { foreignKey: 'otherId' })
      odd.belongsTo(same, { foreignKey: 'sameId' })
      mine.belongsTo(odd, { foreignKey: 'oddId' })
    }

    test('is what sync() makes: tables, keys, enum types, defaults and sequences in their schemas', () =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        const schemas = ['public', 'app', 'My Schema']
        await sequelize.query('CREATE SCHEMA app; CREATE SCHEMA "My Schema"')
        defineInSchemas(sequelize)
        const shadow = await shadowOfModels(sequelize)
        await sequelize.sync()
        const synced = await everythingIn(sequelize, schemas)
        expect(shadow).toEqual(synced)
        expect(await shadowOfModels(sequelize)).toEqual(synced)
        expect(synced.enums.map(({ schema, name }) => [schema, name])).toContainEqual([
          'app',
          'enum_mine_kind',
        ])
        expect(await leftBehind(engine, sequelize)).toEqual([])
        await expectTrueTranslations(sequelize, shadow)
      }))

    test('is what sync() makes where the search path begins with another schema', () =>
      withDatabase(engine, async (database) => {
        await database.connect().query('CREATE SCHEMA app; CREATE EXTENSION citext')
        const sequelize = database.connect({
          dialectOptions: { options: '-c search_path=app,public' },
        })
        const attributes = {
          kind: DataTypes.ENUM('a', 'b'),
          mail: { type: DataTypes.CITEXT, defaultValue: 'x' },
        }
        sequelize.define('plain', attributes, { freezeTableName: true })
        sequelize.define('named', { ...attributes }, { freezeTableName: true, schema: 'app' })
        const shadow = await shadowOfModels(sequelize)
        await sequelize.sync()
        const synced = await everythingIn(sequelize, ['app'])
        expect({ ...shadow, enums: shadow.enums.filter(({ schema }) => schema === null) }).toEqual(synced)
        expect(synced.tables[0]?.columns[1]?.type).toBe('enum_named_kind')
        expect(synced.tables[1]?.columns[1]?.type).toBe('public.enum_plain_kind')
        await expectTrueTranslations(sequelize, shadow)
      }))
  },
  ({ dialect }) => dialect === 'postgres',
)
