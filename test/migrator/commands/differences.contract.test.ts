import { DataTypes, type Sequelize } from 'sequelize'
import { createMigrator, type MigratorOptions, type Operation, type SchemaObject } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { describeEngines, type Engine, withDatabase } from '../../support/engines/index.js'
import { failure } from '../support.js'

const kindsOf = (operations: readonly Operation[]): readonly string[] =>
  operations.map((operation) =>
    `${operation.kind} ${'table' in operation ? operation.table.name : ''}`.trim(),
  )

const words = (sequelize: Sequelize): void => {
  sequelize.define(
    'word',
    { text: { type: DataTypes.STRING(80), allowNull: false }, stars: DataTypes.INTEGER },
    { timestamps: false, indexes: [{ name: 'words_text', fields: ['text'] }] },
  )
}

describeEngines('differences', (engine) => {
  const given = <T>(
    use: (
      sequelize: Sequelize,
      differences: (options?: Partial<MigratorOptions>) => Promise<readonly Operation[]>,
    ) => Promise<T>,
  ): Promise<T> =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      return use(sequelize, (options = {}) => createMigrator({ sequelize, ...options }).differences())
    })

  test('are what the models say and the database lacks, or has otherwise, as plain data', () =>
    given(async (sequelize, differences) => {
      words(sequelize)
      const [created, ...others] = await differences()
      expect(others.filter(({ kind }) => kind !== 'addIndex')).toEqual([])
      expect(created).toMatchObject({ kind: 'createTable', table: { schema: null, name: 'words' } })
      expect(JSON.parse(JSON.stringify(created))).toEqual(created)
      await sequelize.sync()
      expect(await differences()).toEqual([])
      await sequelize.getQueryInterface().removeIndex('words', 'words_text')
      await sequelize.getQueryInterface().addColumn('words', 'more', { type: DataTypes.INTEGER })
      expect([...kindsOf(await differences())].sort()).toEqual(['addIndex words', 'removeColumn words'])
    }))

  test('are found without a change, and without DDL where there are none, in at most 20 statements', () =>
    withDatabase(engine, async (database) => {
      const statements: string[] = []
      const sequelize = database.connect({ logging: (text) => void statements.push(text) })
      for (let table = 0; table < 30; table += 1) {
        const columns = {
          a: DataTypes.STRING(40),
          b: DataTypes.INTEGER,
          c: DataTypes.DATE,
          d: DataTypes.BOOLEAN,
        }
        sequelize.define(`t${table}`, columns, { indexes: [{ fields: ['a', 'b'] }] })
      }
      await sequelize.sync()
      statements.length = 0
      expect(await createMigrator({ sequelize }).differences()).toEqual([])
      expect(statements.length).toBeLessThanOrEqual(20)
      expect(
        statements.filter((text) => /\b(?:CREATE|ALTER|DROP)\b/iu.test(text.replaceAll(/'[^']*'/gu, ''))),
      ).toEqual([])
    }))

  test('without any model are none; with some, a table that none of them says is one, unless such tables are kept', () =>
    given(async (sequelize, differences) => {
      await sequelize.query('CREATE TABLE other (id INTEGER PRIMARY KEY)')
      expect(await differences()).toEqual([])
      words(sequelize)
      await sequelize.sync()
      expect(await differences()).toMatchObject([
        { kind: 'dropTable', hazards: [{ rule: 'drop-table', rows: 0 }] },
      ])
      expect(await differences({ compare: { extraTables: 'keep' } })).toEqual([])
      expect(await differences({ models: {} })).toEqual([])
    }))

  test('are of the models that are given, of another instance too', () =>
    given(async (sequelize, differences) => {
      const elsewhere = databaseOf(engine, sequelize)
      words(elsewhere)
      expect(await differences()).toEqual([])
      expect(kindsOf(await differences({ models: elsewhere.models }))).toContain('createTable words')
      expect(kindsOf(await differences({ models: Object.values(elsewhere.models) }))).toContain(
        'createTable words',
      )
    }))

  test('are only of what `include` takes, on both sides', () =>
    given(async (sequelize, differences) => {
      words(sequelize)
      expect(await differences({ include: () => false })).toEqual([])
      await sequelize.sync()
      await sequelize.getQueryInterface().addColumn('words', 'legacy_a', { type: DataTypes.INTEGER })
      await sequelize.getQueryInterface().addIndex('words', ['stars'], { name: 'legacy_index' })
      expect([...kindsOf(await differences())].sort()).toEqual(['removeColumn words', 'removeIndex words'])
      const asked: SchemaObject[] = []
      const include = (object: SchemaObject): boolean => {
        asked.push(object)
        return !object.name.startsWith('legacy_')
      }
      expect(await differences({ include })).toEqual([])
      expect(new Set(asked.map(({ kind }) => kind))).toEqual(new Set(['table', 'column', 'index']))
      expect(asked.filter(({ name }) => name.startsWith('sm2'))).toEqual([])
      const without = (name: string) => (object: SchemaObject) => object.name !== name
      expect(kindsOf(await differences({ include: without('legacy_a') }))).toEqual(['removeIndex words'])
      // A column of the models that is not to be seen.
      await sequelize.getQueryInterface().removeIndex('words', 'legacy_index')
      await sequelize.query('ALTER TABLE words DROP COLUMN stars')
      const shown = (object: SchemaObject): boolean => include(object) && object.name !== 'stars'
      expect(await differences({ include: shown })).toEqual([])
    }))

  test('go through the given functions, one after the other', () =>
    given(async (sequelize, differences) => {
      words(sequelize)
      await sequelize.sync()
      await sequelize.getQueryInterface().removeIndex('words', 'words_text')
      await sequelize.getQueryInterface().addColumn('words', 'more', { type: DataTypes.INTEGER })
      const seen: (readonly string[])[] = []
      const left = await differences({
        processOperations: [
          (operations, { actual, wanted }) => {
            seen.push(kindsOf(operations))
            expect([actual, wanted].map(({ tables }) => tables[0]?.columns.length)).toEqual([4, 3])
          },
          (operations) => operations.filter(({ kind }) => kind !== 'removeColumn'),
          (operations) => {
            seen.push(kindsOf(operations))
            return operations
          },
        ],
      })
      expect(kindsOf(left)).toEqual(['addIndex words'])
      expect(seen.map((kinds) => [...kinds].sort())).toEqual([
        ['addIndex words', 'removeColumn words'],
        ['addIndex words'],
      ])
    }))

  test('of types are as `compareType` says, where it says something', () =>
    given(async (sequelize, differences) => {
      words(sequelize)
      await sequelize.sync()
      sequelize.define(
        'word',
        { text: { type: DataTypes.STRING(90), allowNull: false }, stars: DataTypes.INTEGER },
        { timestamps: false, indexes: [{ name: 'words_text', fields: ['text'] }] },
      )
      expect(kindsOf(await differences())).toEqual(['changeColumn words'])
      expect(kindsOf(await differences({ compareType: () => undefined }))).toEqual(['changeColumn words'])
      const asked: unknown[] = []
      const same = await differences({
        compareType: ({ table, actual, wanted }) => {
          asked.push([table.name, actual.name, wanted.name])
          return actual.name === 'text' ? false : undefined
        },
      })
      expect(same).toEqual([])
      expect(asked).toContainEqual(['words', 'text', 'text'])
    }))

  test('have the names of the convention, where the models name nothing', () =>
    given(async (sequelize, differences) => {
      sequelize.define(
        'word',
        { text: DataTypes.STRING(80) },
        { timestamps: false, indexes: [{ fields: ['text'] }] },
      )
      await sequelize.getQueryInterface().createTable('words', {
        id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
        text: { type: DataTypes.STRING(80) },
      })
      const namingConvention: MigratorOptions['namingConvention'] = ({ kind, table, columns }) =>
        kind === 'index' ? `ix_${table.name}_${columns.join('_')}` : undefined
      expect(await differences({ namingConvention })).toMatchObject([
        { kind: 'addIndex', index: { name: 'ix_words_text' } },
      ])
    }))

  test('count the rows that a change is dangerous for', () =>
    given(async (sequelize, differences) => {
      words(sequelize)
      await sequelize.sync()
      await sequelize.models['word']?.bulkCreate([{ text: 'a' }, { text: 'b' }])
      sequelize.define(
        'word',
        {
          text: { type: DataTypes.STRING(80), allowNull: false },
          stars: DataTypes.INTEGER,
          due: { type: DataTypes.INTEGER, allowNull: false },
        },
        { timestamps: false, indexes: [{ name: 'words_text', fields: ['text'] }] },
      )
      expect(await differences()).toMatchObject([
        {
          kind: 'addColumn',
          needsFill: true,
          hazards: [{ rule: 'not-null-without-default', risk: 'may fail', rows: 2 }],
        },
      ])
      await sequelize.models['word']?.destroy({ truncate: true })
    }))

  test('refuses options that it does not know, and models that are none', () =>
    given(async (sequelize, differences) => {
      const migrator = createMigrator({ sequelize })
      const codeOf = async (options: object): Promise<unknown> =>
        (await failure(migrator.differences(options))).code
      expect(await codeOf({ includes: () => true })).toBe('UNKNOWN_OPTION')
      expect(await codeOf({ include: /a/ })).toBe('INVALID_OPTION')
      expect(await codeOf({ compare: { nosuch: true } })).toBe('UNKNOWN_OPTION')
      expect((await failure(differences({ models: { a: class {} } }))).message).toMatch(/\ba\b/u)
    }))
})

/** Another instance for the same engine. */
const databaseOf = ({ dialect }: Engine, sequelize: Sequelize): Sequelize =>
  new (sequelize.constructor as typeof Sequelize)({ dialect, logging: false })
