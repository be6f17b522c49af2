// The statements of `sync()`, made without sending them, beside those that Sequelize sends.

import fc from 'fast-check'
import { DataTypes, type ModelAttributeColumnOptions, Sequelize } from 'sequelize'
import { describe, expect, test } from 'vitest'
import { syncSqlMaker } from '../../../../src/migrator/dialects/sqlite/sync-sql.js'
import { modelTablesOf } from '../../../../src/migrator/models/model-tables.js'
import { defineDrafts, pairsArb } from '../../autogenerate/random-pairs.js'
import { runs } from '../../support.js'

/** What `sync()` sends, and what is made instead, both in the order of the alphabet. */
const both = async (
  define: (sequelize: Sequelize) => void,
): Promise<{ readonly sent: readonly string[]; readonly made: readonly string[] }> => {
  const sent: string[] = []
  const sequelize = new Sequelize('sqlite::memory:', {
    logging: (sql) => sent.push(sql.replace(/^Executing \([^)]*\): /u, '')),
  })
  try {
    define(sequelize)
    const make = syncSqlMaker(sequelize)
    const made = modelTablesOf(sequelize.models, sequelize).flatMap((table) => {
      const { createTable, indexes } = make(table)
      expect(make(table)).toEqual({ createTable, indexes })
      return [createTable, ...indexes]
    })
    await sequelize.sync()
    // A default of NULL is none, and models say nothing of it.
    const statements = sent.filter((sql) => sql.startsWith('CREATE '))
    return {
      sent: statements.map((sql) => sql.replaceAll(/ DEFAULT NULL\b/gu, '')).sort(),
      made: made.sort(),
    }
  } finally {
    await sequelize.close()
  }
}

const typesArb = fc.constantFrom(
  ...[DataTypes.STRING, DataTypes.STRING(20), DataTypes.STRING(20, true), DataTypes.CHAR(3), DataTypes.TEXT],
  ...[DataTypes.TEXT('long'), DataTypes.INTEGER, DataTypes.INTEGER({ length: 5 }), DataTypes.BIGINT],
  ...[DataTypes.DECIMAL, DataTypes.DECIMAL(8, 2), DataTypes.DECIMAL(8, 3), DataTypes.FLOAT(5, 1)],
  ...[DataTypes.BOOLEAN, DataTypes.DATE, DataTypes.DATE(3), DataTypes.DATEONLY, DataTypes.TIME],
  ...[DataTypes.UUID, DataTypes.BLOB, DataTypes.BLOB('tiny'), DataTypes.JSON, DataTypes.ENUM('a', "b'c")],
  'MONEY',
)

const attributeArb = fc.record(
  {
    type: typesArb,
    allowNull: fc.boolean(),
    unique: fc.constantFrom(true, false),
    defaultValue: fc.constantFrom(null, '2', "it's", '', '1', 1, -0, 0, 1.5, true, false, 'true', 'NULL'),
    references: fc.constantFrom(
      { model: 't0', key: 'id' },
      { model: 'a"b', key: 'x.y' },
      { model: 't0', key: 'id', deferrable: 'x' },
    ),
    onDelete: fc.constantFrom('CASCADE', 'set null'),
    onUpdate: fc.constantFrom('RESTRICT'),
    comment: fc.constantFrom('a comment'),
  },
  { requiredKeys: ['type'] },
)

const indexArb = fc.record(
  {
    fields: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 }),
    isSorted: fc.boolean(),
    unique: fc.boolean(),
    using: fc.constantFrom('BTREE'),
    where: fc.constantFrom({ a: null }),
    name: fc.constantFrom('plain', 'with space', 'with`tick', 'größe', '1st'),
  },
  { requiredKeys: ['fields', 'name'] },
)

describe('the statements of sync(), made without sending them,', () => {
  test('are what Sequelize sends, for random models', () =>
    fc.assert(
      fc.asyncProperty(pairsArb('sqlite'), async ({ before }) => {
        const define = (sequelize: Sequelize): void => defineDrafts(sequelize, before)
        const probe = new Sequelize('sqlite::memory:', { logging: false })
        define(probe)
        const { modelManager } = probe as unknown as {
          modelManager: { getModelsTopoSortedByForeignKey(): unknown }
        }
        // With a circle of keys sync() makes tables without keys first.
        fc.pre(modelManager.getModelsTopoSortedByForeignKey() !== null)
        const { sent, made } = await both(define)
        expect(made).toEqual(sent)
      }),
      runs(10, 500),
    ))

  test('are what Sequelize sends, for columns and indexes that are nearly alike', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(attributeArb, attributeArb, attributeArb, fc.array(indexArb, { maxLength: 3 })), {
          minLength: 3,
          maxLength: 6,
        }),
        async (tables) => {
          const { sent, made } = await both((sequelize) => {
            for (const [place, [a, b, c, indexes]] of tables.entries())
              sequelize.define(`t${place}`, { a, b, c } as Record<string, ModelAttributeColumnOptions>, {
                tableName: place === 2 ? 'with space' : `t${place}`,
                timestamps: false,
                indexes: indexes.map(({ fields, isSorted, ...index }, at) => ({
                  ...index,
                  name: `${index.name}_${place}_${at}`,
                  fields: isSorted === true ? fields.map((name) => ({ name, order: 'DESC' })) : fields,
                })),
              })
          })
          expect(made).toEqual(sent)
        },
      ),
      runs(60, 1000),
    ))

  test('follow a generator that a host has changed, and types of its own', async () => {
    class MONEY extends DataTypes.ABSTRACT {
      override readonly key = 'INTEGER'
      override toSql(): string {
        return 'MONEY'
      }
    }
    const { sent, made } = await both((sequelize) => {
      const { queryGenerator } = sequelize.getQueryInterface() as unknown as {
        queryGenerator: { addIndexQuery(...args: unknown[]): string }
      }
      const { addIndexQuery } = queryGenerator
      queryGenerator.addIndexQuery = function (...args) {
        return addIndexQuery.apply(this, args).replace('CREATE INDEX', 'CREATE INDEX IF NOT EXISTS')
      }
      for (const name of ['one', 'two', 'three'])
        sequelize.define(
          name,
          { plain: DataTypes.INTEGER, money: { type: new MONEY() as never }, price: DataTypes.DECIMAL(5, 2) },
          { timestamps: false, indexes: [{ fields: ['plain'] }, { fields: ['plain', 'price'] }] },
        )
      const price = sequelize.models['two']?.getAttributes()['price']?.type as { _precision?: number }
      price._precision = 7
      const plain = sequelize.models['two']?.getAttributes()['plain']?.type as { toSql?: () => string }
      plain.toSql = () => 'NEVER'
    })
    expect(made).toEqual(sent)
    expect(made.filter((sql) => sql.includes('IF NOT EXISTS `one'))).toHaveLength(3)
    expect(made.filter((sql) => sql.includes('DECIMAL(7,2)'))).toHaveLength(1)
    expect(made.join()).not.toContain('NEVER')
  })
})
