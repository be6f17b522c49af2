import { QueryTypes, type Sequelize } from 'sequelize'
import { createMigrator, reflect, type Schema, type SchemaObject } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { describeEngines, type Engine, withDatabase } from '../support/engines/index.js'
import { create, expectRoundTrip } from './schema/create/index.js'
import {
  checkOf,
  columnOf,
  foreignKeyOf,
  indexOf,
  on,
  primaryKeyOf,
  tableOf,
  uniqueOf,
} from './schema/values.js'
import { failure, rowsOf } from './support.js'

const withSequelize = <T>(engine: Engine, use: (sequelize: Sequelize) => Promise<T>): Promise<T> =>
  withDatabase(engine, (database) => use(database.connect()))

const EMPTY: Schema = { tables: [], enums: [] }

/** 63 letters, where PostgreSQL cuts names. */
const LONG = `Long_${'x'.repeat(57)}z`

const ODD_NAMES = [
  'Mixed Case',
  'select',
  `it's`,
  '"quoted"',
  '`ticked`',
  'dotted.name',
  'semi; -- colon',
  'größe 日本語',
  'back\\slash',
  '[bracket]',
  'percent%s :x $1 ?',
  LONG,
]

const ODD_TEXTS = [
  `it's`,
  '"',
  'back\\slash',
  '\\',
  'semi;colon',
  'two\nlines',
  '-- comment /*',
  ':x $1 ?',
  '日本語 ÿ',
  '',
  ')',
]

/** Of these Sequelize makes an enum type; a line break would hide the type from it. */
const ODD_PICKS = ODD_TEXTS.filter((text) => text !== '' && !text.includes('\n'))

describeEngines('reflect', (engine) => {
  const isMariadb = engine.dialect === 'mysql'
  const hasNames = !isMariadb
  const integer = { sqlite: 'INTEGER', postgres: 'integer', mysql: 'int(11)' }[engine.dialect]
  const options = isMariadb ? { engine: 'InnoDB', collation: 'utf8mb4_general_ci' } : {}
  const nulls = engine.dialect === 'postgres' ? 'last' : null

  test('of an empty database is empty', () =>
    withSequelize(engine, async (sequelize) => {
      expect(await reflect(sequelize)).toEqual(EMPTY)
    }))

  test('odd names of tables, columns, constraints and indexes come back as they are', () =>
    withSequelize(engine, async (sequelize) => {
      // A value, not made by reflection: what is created from it must be read as it.
      const tables = ODD_NAMES.map((name, index) => {
        const previous = ODD_NAMES[index - 1] ?? name
        const named = (kind: string): string => `${name.slice(0, 58)} ${kind}`
        const quoted = isMariadb ? `\`${name.replaceAll('`', '``')}\`` : `"${name.replaceAll('"', '""')}"`
        // PostgreSQL quotes what needs quotes only.
        const inCheck = engine.dialect === 'postgres' && name === 'select' ? '"select"' : quoted
        // SQLite's own renames put quotes around them; without, they are the same.
        const isPlain = engine.dialect === 'sqlite' && /^[A-Za-z_]\w*$/u.test(name) && name !== 'select'
        const condition =
          engine.dialect === 'postgres' ? `(${inCheck} > 0)` : `${isPlain ? name : inCheck} > 0`
        return tableOf(
          name,
          [
            columnOf(name, integer, { nullable: false }),
            columnOf('other', integer),
            columnOf(`${name.slice(0, 60)} 2`, integer),
          ],
          {
            primaryKey: primaryKeyOf([name], { name: isMariadb ? null : named('pk') }),
            uniques: hasNames ? [uniqueOf(['other', name], { name: named('u') })] : [],
            indexes: [
              ...(isMariadb ? [indexOf(named('fk'), [on('other')])] : []),
              indexOf(named('i'), [on(`${name.slice(0, 60)} 2`, { nulls })]),
            ],
            foreignKeys: [
              foreignKeyOf(['other'], previous, [previous], { name: named('fk'), onDelete: 'CASCADE' }),
            ],
            checks: [checkOf(condition, { name: named('c') })],
            options,
          },
        )
      })
      const byName = (a: { name: string | null }, b: { name: string | null }) =>
        (a.name ?? '') < (b.name ?? '') ? -1 : 1
      const schema = { tables: tables.sort(byName), enums: [] }
      await create(engine, sequelize, schema)
      expect(await reflect(sequelize)).toEqual(schema)
    }))

  test('odd texts as defaults and values of enums come back as they are, and work', () =>
    withSequelize(engine, async (sequelize) => {
      const { DataTypes } = await import('sequelize')
      for (const [index, defaultValue] of ODD_TEXTS.entries()) {
        const values = [...ODD_PICKS.slice(index), ...ODD_PICKS.slice(0, index)]
        sequelize.define(
          `odd${index}`,
          {
            text: { type: DataTypes.STRING(50), defaultValue },
            pick: { type: DataTypes.ENUM(...values) },
          },
          { timestamps: false, freezeTableName: true },
        )
      }
      await sequelize.sync()
      const schema = await expectRoundTrip(engine, sequelize)
      expect(schema.tables).toHaveLength(ODD_TEXTS.length)
      await withSequelize(engine, async (copy) => {
        await create(engine, copy, schema)
        for (const [index, text] of ODD_TEXTS.entries()) {
          const quote = isMariadb ? '`' : '"'
          const table = `${quote}odd${index}${quote}`
          await copy.query(`INSERT INTO ${table} (pick) VALUES (:pick)`, {
            type: QueryTypes.RAW,
            replacements: { pick: ODD_PICKS.includes(text) ? text : null },
          })
          expect(await rowsOf(copy, `SELECT text, pick FROM ${table}`)).toEqual([
            { text, pick: ODD_PICKS.includes(text) ? text : null },
          ])
        }
      })
    }))

  test('leaves out views, and the version table and its journal unless the filter says otherwise', () =>
    withSequelize(engine, async (sequelize) => {
      await createMigrator({ sequelize }).up()
      await sequelize.query('CREATE TABLE IF NOT EXISTS sm2kit_revisions_journal (id INTEGER)')
      await sequelize.query('CREATE VIEW a_view AS SELECT * FROM sm2_cards')
      const names = async (include?: (object: SchemaObject) => boolean) =>
        (await reflect(sequelize, include === undefined ? {} : { include })).tables.map(({ name }) => name)
      expect(await names()).toEqual(['sm2_cards', 'sm2_reviews'])
      expect(await names(() => true)).toEqual([
        'sm2_cards',
        'sm2_reviews',
        'sm2kit_revisions',
        'sm2kit_revisions_journal',
      ])
      expect(await names(({ name }) => name === 'sm2_reviews')).toEqual(['sm2_reviews'])
      await expectRoundTrip(engine, sequelize)
    }))

  test('the filter is asked about every table and enum type', () =>
    withSequelize(engine, async (sequelize) => {
      await sequelize.query('CREATE TABLE t (id INTEGER)')
      if (engine.dialect === 'postgres') await sequelize.query("CREATE TYPE mood AS ENUM ('x')")
      const asked: SchemaObject[] = []
      const include = (object: SchemaObject): boolean => asked.push(object) === 0
      expect(await reflect(sequelize, { include })).toEqual(EMPTY)
      expect(asked).toEqual([
        { kind: 'table', schema: null, name: 't' },
        ...(engine.dialect === 'postgres' ? [{ kind: 'enum', schema: null, name: 'mood' }] : []),
      ])
    }))

  test('takes as many statements for 10 tables as for 1,000, and less than 10 seconds', async () => {
    const statementsFor = (count: number): Promise<number> =>
      withDatabase(engine, async (database) => {
        const maker = database.connect()
        const statements: string[] = []
        const sequelize = engine.isShared
          ? database.connect({ logging: (sql) => statements.push(sql) })
          : maker
        if (!engine.isShared)
          Object.assign((sequelize as unknown as { options: object }).options, {
            logging: (sql: string) => statements.push(sql),
          })
        const made = Array.from(
          { length: count },
          (_, index) =>
            `CREATE TABLE t${index} (id INTEGER PRIMARY KEY, a INTEGER REFERENCES t0 (id), UNIQUE (a, id))`,
        )
        // One connection's, where a transaction makes it fast.
        await maker.transaction(async (transaction) => {
          for (const sql of made) await maker.query(sql, { transaction, logging: false })
        })
        await sequelize.authenticate({ logging: false })
        statements.length = 0
        const start = performance.now()
        const { tables } = await reflect(sequelize)
        expect(performance.now() - start).toBeLessThan(10_000)
        expect(tables).toHaveLength(count)
        return statements.length
      })
    const few = await statementsFor(10)
    expect(few).toBe(isMariadb ? 7 : 1)
    expect(await statementsFor(1_000)).toBe(few)
  }, 120_000)

  test('refuses options that it does not have, and schemas where there are none', () =>
    withSequelize(engine, async (sequelize) => {
      const codeOf = async (given: unknown): Promise<unknown> =>
        (await failure(reflect(sequelize, given as object))).code
      expect(await codeOf({ tables: ['a'] })).toBe('UNKNOWN_OPTION')
      expect(await codeOf({ include: /a/ })).toBe('INVALID_OPTION')
      expect(await codeOf({ schemas: 'public' })).toBe('INVALID_OPTION')
      expect(await codeOf({ schemas: [] })).toBe('INVALID_OPTION')
      expect(await codeOf({ schemas: [''] })).toBe('INVALID_OPTION')
      if (engine.dialect !== 'postgres') expect(await codeOf({ schemas: ['public'] })).toBe('INVALID_OPTION')
      const thrown = new Error('of the filter')
      await sequelize.query('CREATE TABLE t (id INTEGER)')
      const include = (): boolean => {
        throw thrown
      }
      expect(await failure(reflect(sequelize, { include }))).toBe(thrown)
    }))
})
