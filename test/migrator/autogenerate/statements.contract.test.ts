import { DataTypes, type QueryTypes, type Sequelize } from 'sequelize'
import { createMigrator, describeOperation } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { describeEngines, type Engine, withDatabase } from '../../support/engines/index.js'

const define = (sequelize: Sequelize, count: number, firstKinds: readonly string[] = ['a', 'b']): void => {
  for (let place = 0; place < count; place += 1)
    sequelize.define(
      `t${place}`,
      {
        name: { type: DataTypes.STRING(80), allowNull: false },
        price: { type: DataTypes.DECIMAL(10, 2), defaultValue: 0 },
        kind: { type: DataTypes.ENUM(...(place === 0 ? firstKinds : ['a', 'b'])), defaultValue: 'b' },
        parentId: { type: DataTypes.INTEGER, references: { model: 't0', key: 'id' } },
      },
      { tableName: `t${place}`, indexes: [{ name: `t${place}_name`, fields: ['name'] }] },
    )
}

/** What differs after `sync()` and these statements, and what finding it out has sent. */
const comparing = (
  engine: Engine,
  count: number,
  changes: readonly string[] = [],
  firstKinds?: readonly string[],
): Promise<{ readonly differences: readonly string[]; readonly sent: readonly string[] }> =>
  withDatabase(engine, async (database) => {
    const sent: string[] = []
    let isCounting = false
    const sequelize = database.connect({
      logging: (sql) => {
        if (isCounting) sent.push(sql)
      },
    })
    define(sequelize, count)
    await sequelize.sync()
    for (const sql of changes) await sequelize.query(sql, { type: 'RAW' as QueryTypes.RAW })
    define(sequelize, count, firstKinds)
    isCounting = true
    const migrator = createMigrator({ sequelize, migrations: [], baseline: false })
    return { differences: (await migrator.differences()).map(describeOperation), sent }
  })

describeEngines('models that are as the database is', (engine) => {
  test('are compared in as many statements for 60 tables as for 6, at most 20', async () => {
    const few = await comparing(engine, 6)
    expect(few.differences).toEqual([])
    expect(few.sent.length).toBeGreaterThan(0)
    expect(few.sent.length).toBeLessThanOrEqual(20)
    const many = await comparing(engine, 60)
    expect([many.differences, many.sent.length]).toEqual([[], few.sent.length])
    console.log(`${engine.name}: ${few.sent.length} statements`)
  }, 120_000)
})

describeEngines(
  'columns of enum types of other names',
  (engine) => {
    const SHADOW = /CREATE SCHEMA/u

    test('are as the models say where the values are the same, and nothing is made to know it', async () => {
      const plain = await comparing(engine, 3)
      expect(plain.sent.join('\n')).not.toMatch(SHADOW)
      const renamed = ['ALTER TYPE enum_t1_kind RENAME TO "Kinds"', 'ALTER TYPE enum_t2_kind RENAME TO other']
      const found = await comparing(engine, 3, renamed)
      expect(found.differences).toEqual([])
      expect(found.sent.length).toBe(plain.sent.length)
    })

    const shared = (table: string): readonly string[] => [
      `ALTER TABLE ${table} ALTER kind DROP DEFAULT`,
      `ALTER TABLE ${table} ALTER kind TYPE enum_t0_kind USING kind::text::enum_t0_kind`,
      `ALTER TABLE ${table} ALTER kind SET DEFAULT 'b'`,
      `DROP TYPE enum_${table}_kind`,
    ]

    test('may share one type, also one that has the name that another column’s would have', async () => {
      const found = await comparing(engine, 3, [...shared('t1'), ...shared('t2')])
      expect(found.differences).toEqual([])
      expect(found.sent.join('\n')).not.toMatch(SHADOW)
    })

    test('share it no longer when the column that it is named for wants other values', async () => {
      const found = await comparing(engine, 3, shared('t1'), ['a', 'b', 'c'])
      expect(found.differences).toEqual([
        'create enum enum_t1_kind (a, b)',
        'change enum enum_t0_kind: add c',
        "change column kind of t1: type enum_t0_kind to enum_t1_kind, default 'b'::enum_t0_kind to 'b'::enum_t1_kind",
      ])
    })

    test('differ where the values do, as the database finds out', async () => {
      const more = ['ALTER TYPE enum_t1_kind RENAME TO kinds', `ALTER TYPE kinds ADD VALUE 'c'`]
      const found = await comparing(engine, 3, more)
      expect(found.differences).toEqual([
        'rename enum kinds to enum_t1_kind',
        'change enum enum_t1_kind: remove c',
      ])
      expect(found.sent.join('\n')).toMatch(SHADOW)
    })
  },
  ({ dialect }) => dialect === 'postgres',
)
