import fc from 'fast-check'
import {
  type DataType,
  DataTypes,
  Deferrable,
  fn,
  type IndexesOptions,
  literal,
  type ModelAttributeColumnOptions,
  Op,
  type Sequelize,
} from 'sequelize'
import { expect, test } from 'vitest'
import { modelTablesOf } from '../../../src/migrator/models/model-tables.js'
import { describeNewest, type Engine, type EngineDialect, withDatabase } from '../../support/engines/index.js'
import { typesOf } from '../schema/models-support.js'
import { runs } from '../support.js'
import { defineOrdinary } from './ordinary.js'
import { autogenerationOf, expectTrueTranslations, factsOf, shadowOfModels } from './support.js'

/** Types with sizes at random, beside those that are there for every engine. */
const typeArb = (dialect: EngineDialect): fc.Arbitrary<DataType> =>
  fc.oneof(
    fc.constantFrom(...typesOf(dialect).map(({ type }) => type)),
    fc.integer({ min: 1, max: 300 }).map((length) => DataTypes.STRING(length)),
    fc.integer({ min: 1, max: 260 }).map((length) => DataTypes.CHAR(length)),
    fc
      .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 20 }))
      .map(([precision, scale]) => DataTypes.DECIMAL(precision, scale)),
    fc.integer({ min: 1, max: 40 }).map((precision) => DataTypes.DECIMAL(precision)),
    fc.integer({ min: 0, max: 6 }).map((digits) => DataTypes.DATE(digits)),
    fc.integer({ min: 1, max: 53 }).map((bits) => DataTypes.FLOAT(bits)),
    fc.constantFrom<DataType>(
      ...[
        'INTEGER',
        'int',
        'VARCHAR(12)',
        'decimal(5,2)',
        'timestamp',
        'character varying(3)',
        'double precision',
      ],
    ),
  )

const defaultArb: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    true,
    false,
    null,
    '',
    'a',
    'A ',
    ' ',
    'null',
    'true',
    '0',
    '00',
    '-1',
    '1.50',
    "''",
  ),
  fc.constantFrom<unknown>(
    'PRIMARY KEY',
    'a SERIAL b',
    'COMMENT x',
    'NOT NULL',
    'REFERENCES t (x)',
    ')',
    '(',
    ');',
  ),
  fc.constantFrom<unknown>(
    '2020-02-29',
    '2021-02-28',
    '23:59:59',
    '2020-01-01 10:00:00',
    new Date(0),
    {},
    [],
    [1],
  ),
  fc.constantFrom<unknown>(
    '6fa459ea-ee8a-3ca4-894e-db77e160355e',
    { a: 1 },
    '{}',
    Buffer.from('ab'),
    'b',
    'x',
  ),
  fc.constantFrom<unknown>(
    literal('CURRENT_TIMESTAMP'),
    literal('CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP'),
    literal('NULL'),
    literal('(1 + 2)'),
    literal("'quoted'"),
    literal('0'),
    fn('NOW'),
    fn('gen_random_uuid'),
    DataTypes.NOW,
  ),
  fc.integer({ min: -300, max: 300 }),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -10_000, max: 10_000 }).map((value) => value / 100),
  fc.string({ maxLength: 12 }),
  fc.string({ maxLength: 6, unit: 'grapheme' }),
)

const commentArb = fc.constantFrom(
  'plain',
  "it's",
  'COMMENT on REFERENCES',
  'PRIMARY KEY',
  'two\nlines',
  'back\\slash',
)

const columnArb = (dialect: EngineDialect): fc.Arbitrary<ModelAttributeColumnOptions> => {
  const usual = fc.constantFrom(...typesOf(dialect)).chain(({ type, defaults = [], isBare = false }) =>
    fc.record({
      type: fc.constant(type),
      allowNull: fc.boolean(),
      ...(defaults.length === 0 ? {} : { defaultValue: fc.constantFrom(...defaults) }),
      unique: isBare ? fc.constant(false) : fc.boolean(),
    }),
  )
  const wild = fc.record(
    {
      type: typeArb(dialect),
      allowNull: fc.boolean(),
      unique: fc.constantFrom<boolean | string>(true, false, 'group'),
      defaultValue: defaultArb,
      comment: commentArb,
    },
    { requiredKeys: ['type'] },
  )
  return fc.oneof(usual, wild) as fc.Arbitrary<ModelAttributeColumnOptions>
}

const COLUMNS = ['one', 'Two', 'three_3', 'größe', 'order', 'with space'] as const

const tableArb = (dialect: EngineDialect) =>
  fc.record({
    columns: fc.uniqueArray(fc.tuple(fc.constantFrom(...COLUMNS), columnArb(dialect)), {
      minLength: 1,
      maxLength: 2,
      selector: ([name]) => name,
    }),
    key: fc.constantFrom('integer', 'bigint', 'uuid', 'two', 'none', 'unique'),
    parents: fc.array(
      fc.record({
        action: fc.constantFrom(undefined, 'CASCADE', 'restrict', 'NO ACTION', 'SET NULL'),
        deferrable: fc.boolean(),
        unique: fc.boolean(),
      }),
      { maxLength: 2 },
    ),
    indexes: fc.array(
      fc.record({
        fields: fc.uniqueArray(fc.constantFrom('n', 's', 'b', 'parent0', 'l'), {
          minLength: 1,
          maxLength: 2,
        }),
        order: fc.constantFrom(undefined, 'ASC', 'DESC'),
        length: fc.constantFrom(undefined, 3, 30),
        unique: fc.boolean(),
        using: fc.constantFrom(undefined, 'BTREE', 'hash'),
        where: fc.constantFrom<object | undefined>(
          undefined,
          { n: null },
          { n: 1 },
          { b: true },
          { s: "it's" },
          { l: 'x' },
          { s: { [Op.ne]: null } },
          { n: { [Op.gt]: 1 } },
          { n: 1, b: false },
        ),
      }),
      { maxLength: 2 },
    ),
    comment: fc.constantFrom(undefined, "it's a table"),
  })

type TableCase = ReturnType<typeof tableArb> extends fc.Arbitrary<infer Case> ? Case : never

const keyOf = (kind: string): Record<string, ModelAttributeColumnOptions> => {
  const key = { primaryKey: true }
  switch (kind) {
    case 'bigint':
      return { id: { ...key, type: DataTypes.BIGINT, autoIncrement: true } }
    case 'uuid':
      return { id: { ...key, type: DataTypes.UUID, defaultValue: DataTypes.UUIDV4 } }
    case 'two':
      return { a: { ...key, type: DataTypes.INTEGER }, b: { ...key, type: DataTypes.STRING(5) } }
    case 'unique':
      return { id: { ...key, type: DataTypes.STRING(5), unique: true } }
    default:
      return {}
  }
}

const defineCase = (sequelize: Sequelize, name: string, given: TableCase): void => {
  const isPostgres = sequelize.getDialect() === 'postgres'
  const isMariadb = sequelize.getDialect() === 'mysql'
  const attributes: Record<string, ModelAttributeColumnOptions> = {
    ...keyOf(given.key),
    ...Object.fromEntries(given.columns.map(([column, attribute]) => [column, { ...attribute }])),
    n: { type: DataTypes.INTEGER },
    s: { type: DataTypes.STRING(30) },
    l: { type: DataTypes.STRING(400) },
    ...(given.key === 'two' ? {} : { b: { type: DataTypes.BOOLEAN } }),
  }
  for (const [place, { action, deferrable, unique }] of given.parents.entries())
    attributes[`parent${place}`] = {
      type: DataTypes.INTEGER,
      unique,
      references: {
        model: 'target',
        key: 'id',
        ...(isPostgres && deferrable ? { deferrable: Deferrable.INITIALLY_DEFERRED() } : {}),
      } as object as { model: string; key: string },
      ...(action === undefined ? {} : { onDelete: action }),
    }
  const indexes = given.indexes.map(({ fields, order, length, where, using, unique }, place) => ({
    name: `${name}_index_${place}`,
    fields: fields.map((field) => {
      const used = field === 'parent0' && given.parents.length === 0 ? 'n' : field
      const isPlain = order === undefined && length === undefined
      return isPlain
        ? used
        : {
            name: used,
            ...(order === undefined ? {} : { order: order as 'ASC' | 'DESC' }),
            ...(length === undefined || used !== 's' ? {} : { length }),
          }
    }),
    unique,
    ...(using === undefined || (!isPostgres && using === 'hash' && !isMariadb) ? {} : { using }),
    ...(where === undefined || isMariadb ? {} : { where }),
  }))
  const { comment } = given
  const model = sequelize.define(name, attributes, {
    freezeTableName: true,
    timestamps: false,
    indexes: indexes as IndexesOptions[],
    ...(comment === undefined ? {} : { comment }),
  })
  if (given.key === 'none') model.removeAttribute('id')
}

const withSequelize = (engine: Engine, use: (sequelize: Sequelize) => Promise<void>): Promise<void> =>
  withDatabase(engine, async (database) => {
    const sequelize = database.connect()
    if (engine.dialect === 'postgres')
      await sequelize.query('CREATE EXTENSION citext; CREATE EXTENSION hstore')
    await use(sequelize)
  })

/** What is refused is left out, and all is made again: a transaction ends with its first error. */
const shadowOfPossible = async (
  sequelize: Sequelize,
): Promise<Awaited<ReturnType<typeof shadowOfModels>>> => {
  for (;;) {
    try {
      return await shadowOfModels(sequelize)
    } catch (error) {
      const { code, subject = '' } = error as { readonly code?: string; readonly subject?: string }
      const model = sequelize.models[subject]
      // A unique VIRTUAL attribute, say, is refused before the database is asked.
      if (!['MODEL_NOT_CREATABLE', 'INVALID_MODEL'].includes(code ?? '') || model === undefined) throw error
      sequelize.modelManager.removeModel(model)
      delete (sequelize.models as Record<string, unknown>)[subject]
    }
  }
}

describeNewest('a translation', (engine) => {
  test('is what the shadow has, for random tables, wherever there is one', async () => {
    let known = 0
    let all = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(tableArb(engine.dialect), { minLength: 40, maxLength: 40, size: 'max' }),
        (cases) =>
          withSequelize(engine, async (sequelize) => {
            sequelize.define('target', {}, { freezeTableName: true })
            for (const [place, given] of cases.entries()) {
              // Some values are refused where they are defined.
              try {
                defineCase(sequelize, `t${place}`, given)
              } catch (error) {
                expect((error as Error).name).not.toBe('TypeError')
              }
            }
            const shadow = await shadowOfPossible(sequelize)
            all += shadow.tables.length
            known += (await expectTrueTranslations(sequelize, shadow)).length
          }),
      ),
      // To shrink forty tables takes longer than to read one.
      { ...runs(2, 100), endOnFailure: true },
    )
    expect(known).toBeGreaterThan(all / 10)
  }, 3_600_000)

  test('is there for every table of an ordinary schema', () =>
    withSequelize(engine, async (sequelize) => {
      defineOrdinary(sequelize)
      const shadow = await shadowOfModels(sequelize)
      const names = await expectTrueTranslations(sequelize, shadow)
      expect(new Set(shadow.tables.map(({ name }) => name))).toEqual(new Set(names))
      expect(names.length).toBeGreaterThanOrEqual(20)
    }))

  test('takes a second for 1,000 tables of 10 columns', () =>
    withSequelize(engine, async (sequelize) => {
      for (let place = 0; place < 1_000; place += 1)
        sequelize.define(`table${place}`, {
          name: { type: DataTypes.STRING(80), allowNull: false, unique: true },
          count: { type: DataTypes.INTEGER, defaultValue: 0 },
          price: { type: DataTypes.DECIMAL(10, 2) },
          isOpen: { type: DataTypes.BOOLEAN, defaultValue: false },
          kind: DataTypes.ENUM('a', 'b'),
          text: DataTypes.TEXT,
          parentId: { type: DataTypes.INTEGER, references: { model: 'table0s', key: 'id' } },
        })
      const facts = await factsOf(sequelize, modelTablesOf(sequelize.models, sequelize))
      const { translator } = await autogenerationOf(sequelize)
      // Of the processor: other tests run beside this one.
      const start = process.cpuUsage()
      const tables = modelTablesOf(sequelize.models, sequelize)
      const translated = tables.map((table) => translator(sequelize, facts).translate(table))
      expect(process.cpuUsage(start).user / 1_000).toBeLessThan(1_500)
      expect(translated.filter((one) => one !== undefined)).toHaveLength(1_000)
    }))
})
