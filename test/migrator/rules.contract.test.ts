import { DataTypes, type ModelAttributes, type Sequelize } from 'sequelize'
import { createMigrator } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { SAFE_WAYS } from '../../src/migrator/review/safe-ways.js'
import { describeEngines, withDatabase } from '../support/engines/index.js'
import { RULES, type Shown } from './rules.js'
import { folderOf, native, revisionOf } from './support.js'

const COLUMNS = (): ModelAttributes => ({
  id: { type: DataTypes.INTEGER, primaryKey: true },
  title: { type: DataTypes.STRING(80) },
  stars: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 0 },
  deck: { type: DataTypes.INTEGER },
  level: { type: DataTypes.ENUM('low', 'high') },
})

/** A table with rows, and one without. */
const prepare = async (sequelize: Sequelize): Promise<void> => {
  const queries = sequelize.getQueryInterface()
  await queries.createTable('decks', { id: { type: DataTypes.INTEGER, primaryKey: true } })
  for (const name of ['words', 'bare']) await queries.createTable(name, COLUMNS() as never)
  await queries.bulkInsert('words', [{ id: 1, title: 'a' }, { id: 2 }])
}

/** Rows that make one statement a long one. */
const withManyRows = async (sequelize: Sequelize, use: () => Promise<readonly string[]>) => {
  const ids = Array.from({ length: 10_010 }, (_, index) => ({ id: 100 + index }))
  await sequelize.getQueryInterface().bulkInsert('words', ids)
  try {
    return await use()
  } finally {
    await sequelize.query('DELETE FROM words WHERE id >= 100')
  }
}

/** Rules that are found in what is shown. Nothing is changed. */
const foundIn = async (sequelize: Sequelize, shown: Shown): Promise<readonly string[]> => {
  switch (shown.kind) {
    case 'statements': {
      const step = revisionOf('0000aaaa', null, async ({ context: op }) => {
        for (const sql of shown.sql) await op.sequelize.query(sql)
      })
      const plan = async (): Promise<readonly string[]> => {
        const { steps } = await createMigrator({ sequelize, baseline: false, migrations: [step] }).plan()
        return steps.flatMap(({ review }) =>
          review.flatMap(({ findings }) => findings.map(({ rule }) => rule)),
        )
      }
      return shown.manyRows === true ? withManyRows(sequelize, plan) : plan()
    }
    case 'models': {
      const attributes = { ...COLUMNS(), ...shown.attributes } as Record<string, object>
      for (const name of shown.without ?? []) delete attributes[name]
      sequelize.define('words', attributes as never, {
        timestamps: false,
        tableName: 'words',
        ...shown.options,
      })
      try {
        const migrator = createMigrator({ sequelize, baseline: false, compare: { extraTables: 'keep' } })
        return (await migrator.differences()).flatMap(({ hazards }) => hazards.map(({ rule }) => rule))
      } finally {
        const { words } = sequelize.models
        if (words !== undefined) sequelize.modelManager.removeModel(words as never)
      }
    }
    case 'comment': {
      const text = [
        "export const revision = '0000aaaa'",
        'export const downRevision = null',
        `export const up = async ({ context: op }) => {\n  ${shown.text}\n  await op.dropTable('words')\n}`,
      ]
      const { createMigrator: create } = await native()
      const migrations = folderOf({ '20260101000000_a.mjs': text.join('\n') })
      const { steps } = await create({ sequelize, baseline: false, migrations }).plan()
      return steps.flatMap(({ findings }) => findings.map(({ rule }) => rule))
    }
  }
}

test('each rule that there is has its cases, on every engine', () => {
  expect(Object.keys(RULES).sort()).toEqual(Object.keys(SAFE_WAYS).sort())
  const engines = Object.entries(RULES).map(([rule, cases]) => [rule, Object.keys(cases).sort()])
  expect(engines).toEqual(Object.keys(RULES).map((rule) => [rule, ['mysql', 'postgres', 'sqlite']]))
  const somewhere = Object.values(RULES).map((engines) =>
    Object.values(engines).some((one) => 'found' in one),
  )
  expect(somewhere.every(Boolean)).toBe(true)
})

describeEngines('each hazard rule', (engine) => {
  test('finds what it is there for, passes what is only like it, and is silent where the engine has none', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      await prepare(sequelize)
      const told: Record<string, readonly [found: boolean, passed: boolean]> = {}
      const all = new Set<string>()
      for (const [rule, engines] of Object.entries(RULES)) {
        const cases = engines[engine.dialect]
        if ('never' in cases) continue
        const [found, passed] = [
          await foundIn(sequelize, cases.found),
          await foundIn(sequelize, cases.passed),
        ]
        for (const one of [...found, ...passed]) all.add(one)
        told[rule] = [found.includes(rule), passed.includes(rule)]
      }
      expect(told).toEqual(Object.fromEntries(Object.keys(told).map((rule) => [rule, [true, false]])))
      const never = Object.entries(RULES).flatMap(([rule, engines]) =>
        'never' in engines[engine.dialect] ? [rule] : [],
      )
      expect(Object.keys(told).length + never.length).toBe(Object.keys(SAFE_WAYS).length)
      expect(never.filter((rule) => all.has(rule))).toEqual([])
    }))
})
