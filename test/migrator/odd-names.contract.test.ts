import { DataTypes, type Sequelize } from 'sequelize'
import { createMigrator, type Op, reflect, type Table } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { describeNewest, type Engine, withDatabase } from '../support/engines/index.js'
import { failure, rowsOf } from './support.js'

const NAMES = [
  'quo"ted',
  'back`tick',
  'sp ace',
  'größe',
  'order',
  'MixedCase',
  "o'neill",
  'percent%s :x $1 ?',
  `Long_${'x'.repeat(57)}z`,
  `${'ö'.repeat(30)}end`,
]

const VALUES = [`it's`, 'dou"ble', 'back\\slash', 'semi;colon', 'two\nlines', 'plain', 'per%cent', "'", '\\']

/** Another name made of one, no longer than it may be: 63 bytes. */
const other = (name: string, mark: string): string => {
  let start = name
  while (Buffer.byteLength(start) > 61) start = [...start].slice(0, -1).join('')
  return `${start}_${mark}`
}

const quoted = (engine: Engine, name: string): string =>
  engine.dialect === 'mysql' ? `\`${name.replaceAll('`', '``')}\`` : `"${name.replaceAll('"', '""')}"`

/** A table's name in the database: on PostgreSQL Sequelize takes quotes out, and so do we, or its models would not find the table. */
const tableOf = (engine: Engine, name: string): string =>
  engine.dialect === 'postgres' ? name.replaceAll('"', '') : name

let number = 0

const step = async (sequelize: Sequelize, up: (op: Op) => Promise<unknown>): Promise<void> => {
  number += 1
  const migrations = [
    { revision: `s${number}`, downRevision: null, up: ({ context }: { context: Op }) => up(context) },
  ]
  await createMigrator({
    sequelize,
    baseline: false,
    migrations,
    versionTable: `sm2kit_revisions_${number}`,
  }).up()
}

const tableIn = async (sequelize: Sequelize, name: string): Promise<Table | undefined> =>
  (await reflect(sequelize)).tables.find((table) => table.name === name)

/** Names of unique indexes and constraints of a table. */
const uniquesOf = (table: Table | undefined): readonly (string | null)[] => [
  ...(table?.uniques.map(({ name }) => name) ?? []),
  ...(table?.indexes.filter(({ unique }) => unique).map(({ name }) => name) ?? []),
]

describeNewest('every operation of op', (engine) => {
  test.each(NAMES)('takes tables, columns, indexes and constraints called %j', (name) =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      const q = (text: string): string => quoted(engine, text)
      const tableSql = (text: string): string => q(tableOf(engine, text))
      const [added, renamed, table] = [other(name, '2'), other(name, '3'), other(name, 't')]
      const parent = other(name, 'p')
      const tableNow = () => tableIn(sequelize, tableOf(engine, table))
      await step(sequelize, async (op) => {
        await op.createTable(parent, { [name]: { type: DataTypes.INTEGER, primaryKey: true } })
        await op.createTable(
          name,
          {
            id: { type: DataTypes.INTEGER, primaryKey: true },
            [name]: {
              type: DataTypes.ENUM(...VALUES),
              defaultValue: VALUES[0],
              comment: 'it\'s "\\" 50%s\nof it',
            },
            [parent]: {
              type: DataTypes.INTEGER,
              references: { model: parent, key: name },
              onDelete: 'SET NULL',
            },
          },
          {
            comment: `it's "\\" 50%s\nof it`,
            checks: [{ name: other(name, 'c'), expression: `${q('id')} > 0` }],
          },
        )
        await op.bulkInsert(parent, [{ [name]: 7 }])
        await op.bulkInsert(
          name,
          VALUES.map((value, index) => ({ id: index + 1, [name]: value, [parent]: 7 })),
        )
        await op.sequelize.query(`INSERT INTO ${tableSql(name)} (id) VALUES (100)`)
      })
      const expected = [...VALUES.map((value, index) => [index + 1, value]), [100, VALUES[0]]]
      const valuesIn = async (of: string, column: string): Promise<unknown> =>
        (await rowsOf(sequelize, `SELECT id, ${q(column)} AS v FROM ${tableSql(of)} ORDER BY id`)).map(
          ({ id, v }) => [id, v],
        )
      expect(await valuesIn(name, name)).toEqual(expected)

      await step(sequelize, async (op) => {
        await op.addColumn(name, added, { type: DataTypes.STRING(10), comment: "it's" })
        await op
          .changeColumn(name, added, {
            type: DataTypes.STRING(30),
            allowNull: false,
            defaultValue: VALUES[2],
            comment: VALUES.join(' '),
          })
          .then(
            () => 'done',
            (error: unknown) => error,
          )
          .then(async (outcome) => {
            // The rows have NULL there.
            expect(outcome).toMatchObject({ code: 'UNSAFE_OPERATION' })
            await op.sequelize.query(`UPDATE ${tableSql(name)} SET ${q(added)} = id`)
          })
        await op.changeColumn(name, added, {
          type: DataTypes.STRING(30),
          allowNull: false,
          defaultValue: VALUES[2],
          comment: VALUES.join(' '),
        })
        await op.renameColumn(name, added, renamed)
        await op.renameTable(name, table)
      })
      const changed = (await tableNow())?.columns.find((column) => column.name === renamed)
      expect(changed).toMatchObject({ nullable: false })
      if (engine.dialect === 'mysql') expect(changed?.comment).toBe(VALUES.join(' '))
      await sequelize.query(`INSERT INTO ${tableSql(table)} (id) VALUES (101)`)
      expect(((await valuesIn(table, renamed)) as unknown[]).at(-1)).toEqual([101, VALUES[2]])

      await step(sequelize, async (op) => {
        await op.addConstraint(table, { fields: [renamed], type: 'unique', name })
        await op.addIndex(table, [renamed], { name: added })
        await op.addIndex(table, [name, renamed])
      })
      expect(uniquesOf(await tableNow())).toContain(name)
      expect((await tableNow())?.indexes.map((index) => index.name)).toContain(added)
      const count = (await tableNow())?.indexes.length ?? 0
      await step(sequelize, async (op) => {
        await op.renameConstraint(table, name, renamed)
        await op.renameIndex(table, added, other(name, 'i'))
        await op.removeIndex(table, [name, renamed])
        await op.renameConstraint(table, other(name, 'c'), other(name, 'd'))
      })
      expect(uniquesOf(await tableNow())).toContain(renamed)
      expect((await tableNow())?.indexes.map((index) => index.name)).toContain(other(name, 'i'))
      expect((await tableNow())?.indexes.length).toBe(count - 1)
      expect((await tableNow())?.checks.map((check) => check.name)).toEqual([other(name, 'd')])
      await step(sequelize, async (op) => {
        await op.removeConstraint(table, renamed)
        await op.removeIndex(table, other(name, 'i'))
        await op.removeConstraint(table, other(name, 'd'))
      })
      const bare = await tableNow()
      expect([uniquesOf(bare), bare?.checks]).toEqual([[], []])

      await step(sequelize, async (op) => {
        await op.removeColumn(table, parent)
        await op.addColumn(table, parent, {
          type: DataTypes.INTEGER,
          references: { model: parent, key: name },
        })
        await op.addConstraint(table, {
          fields: [parent],
          type: 'foreign key',
          name: added,
          references: { table: parent, field: name },
          onDelete: 'NO ACTION',
          onUpdate: 'NO ACTION',
        })
        await op.removeConstraint(table, added)
        await op.removeColumn(table, renamed)
      })
      const { foreignKeys = [], columns = [] } = (await tableNow()) ?? {}
      expect(foreignKeys.map((key) => [key.columns, key.target.name, key.targetColumns])).toEqual([
        [[parent], tableOf(engine, parent), [name]],
      ])
      expect(columns.map((column) => column.name)).toEqual(['id', name, parent])

      const shouted = VALUES.map((value) => `${value}!`)
      const rename = Object.fromEntries(VALUES.map((value) => [value, `${value}!`]))
      await step(sequelize, (op) => op.changeEnum(table, name, [...shouted, 'new'], { rename }))
      await sequelize.query(`INSERT INTO ${tableSql(table)} (id) VALUES (102)`)
      expect(await valuesIn(table, name)).toEqual([
        ...VALUES.map((value, index) => [index + 1, `${value}!`]),
        ...[100, 101, 102].map((id) => [id, `${VALUES[0]}!`]),
      ])
      await step(sequelize, async (op) => {
        await op.changeTable(table, { comment: null })
        await op.dropTable(table)
        await op.dropTable(parent)
      })
      expect((await reflect(sequelize)).tables.filter(({ name: one }) => !one.startsWith('sm2kit'))).toEqual(
        [],
      )
    }),
  )

  test('cuts a name that is too long, in the same way for adding and removing, and two that begin alike stay two', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      const long = 'a_table_with_a_name_that_is_quite_long_as_names_go'
      const columns = [
        'a_column_with_a_long_name_1',
        'a_column_with_a_long_name_2',
        'a_column_with_a_long_name_3',
      ]
      const [first = '', second = '', third = ''] = columns
      await step(sequelize, async (op) => {
        await op.createTable(long, Object.fromEntries(columns.map((column) => [column, DataTypes.INTEGER])))
        await op.addIndex(long, [first, second])
        await op.addIndex(long, [first, third])
        await op.addConstraint(long, { fields: [second, first], type: 'unique' })
        await op.addConstraint(long, { fields: [second, third], type: 'unique' })
        await op.alterTable(long, (t) => t.addConstraint({ fields: [first, second, third], type: 'unique' }))
      })
      const names = async (): Promise<readonly (string | null)[]> => {
        const { uniques = [], indexes = [] } = (await tableIn(sequelize, long)) ?? {}
        return [...uniques, ...indexes].map(({ name }) => name)
      }
      const found = await names()
      expect(new Set(found).size).toBe(5)
      // One file for each kind of database: its versions must agree, and not all of them are part of every run.
      await expect(found.join('\n')).toMatchFileSnapshot(`./__snapshots__/cut-names-${engine.dialect}.txt`)
      await step(sequelize, async (op) => {
        await op.removeIndex(long, [first, third])
        await op.removeIndex(long, `${long}_${first}_${second}`)
        await op.removeConstraint(long, `${long}_${second}_${first}_uk`)
        await op.alterTable(long, (t) => t.removeConstraint(`${long}_${second}_${third}_uk`))
      })
      expect((await names()).length).toBe(1)
    }))

  test('refuses a removed enum value that rows or the default have, before anything is changed', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      await step(sequelize, async (op) => {
        await op.createTable('notes', {
          id: { type: DataTypes.INTEGER, primaryKey: true },
          level: { type: DataTypes.ENUM('low', 'mid', 'high'), defaultValue: 'low', allowNull: false },
        })
        await op.bulkInsert('notes', [
          { id: 1, level: 'mid' },
          { id: 2, level: 'high' },
          { id: 3, level: 'mid' },
        ])
      })
      const before = await tableIn(sequelize, 'notes')
      const refused = async (
        ...args: Parameters<Op['changeEnum']> extends [unknown, unknown, ...infer R] ? R : never
      ) => {
        const error = await failure(step(sequelize, (op) => op.changeEnum('notes', 'level', ...args)))
        expect(await tableIn(sequelize, 'notes')).toEqual(before)
        return [error.code, error.message]
      }
      const isPostgres = engine.dialect === 'postgres'
      const rows = await refused(['low', 'high'])
      expect(rows[0]).toBe('UNSAFE_OPERATION')
      expect(rows[1]).toContain(
        isPostgres
          ? '2 rows, among them that with id = 1, of notes hold in "level" a value that is removed'
          : '2 rows have in "level" (such as id 1) a value that goes',
      )
      expect((await refused(['low'], { rename: { high: 'low' } }))[1]).toContain(
        isPostgres ? 'which it has already' : '2 rows have',
      )
      expect((await refused(['mid', 'high']))[1]).toMatch(
        /"low" is the default of "level"|the default of column notes\."level" is 'low'.*, and "low" is removed/u,
      )
      expect((await refused(['low'], { map: { mid: null, high: 'low' } }))[1]).toMatch(/to become NULL/u)
      const invalid = isPostgres ? 'UNSAFE_OPERATION' : 'INVALID_OPTION'
      expect((await refused(['low'], { map: { mid: 'nosuch' } }))[0]).toBe(invalid)
      expect((await refused(['low', 'low']))[0]).toBe(invalid)
      await step(sequelize, (op) =>
        op.changeEnum('notes', 'level', ['high', 'mid', 'base'], {
          rename: { mid: 'high', high: 'mid' },
          map: { low: 'base' },
        }),
      )
      await sequelize.query('INSERT INTO notes (id) VALUES (4)')
      expect(
        (await rowsOf(sequelize, 'SELECT level FROM notes ORDER BY id')).map(({ level }) => level),
      ).toEqual([...['high', 'mid', 'high', 'base']])
    }))
})
