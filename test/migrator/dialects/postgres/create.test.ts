import { DataTypes, literal, QueryTypes } from 'sequelize'
import { expect, test } from 'vitest'
import { describeEngines, withDatabase } from '../../../support/engines/index.js'
import { rowsOf } from '../../support.js'
import { isPostgres, ODD_NAMES, ODD_TEXTS, on, refusal, schemaOf, step } from './support.js'

const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`

describeEngines(
  'tables and columns on PostgreSQL',
  (engine) => {
    test('createTable and addColumn take everything that a column can be told, and hard names and texts everywhere', () =>
      on(engine, ['CREATE TYPE "my enum" AS ENUM (\'x\')'], async (sequelize) => {
        for (const name of ODD_NAMES) {
          const comment = ODD_TEXTS.join('\n')
          const attributes = (suffix: string) => ({
            [`p${suffix} ${name}`.slice(0, 60)]: {
              type: DataTypes.STRING(200),
              allowNull: false,
              defaultValue: ODD_TEXTS.join(' '),
              comment,
            },
            [`e${suffix} ${name}`.slice(0, 60)]: {
              type: DataTypes.ENUM(...ODD_TEXTS),
              defaultValue: ODD_TEXTS[3],
              comment,
            },
            [`a${suffix} ${name}`.slice(0, 60)]: {
              // Names of types that are cut alike are one name.
              type: DataTypes.ARRAY(name.startsWith('Long_') ? DataTypes.TEXT : DataTypes.ENUM('a', "b'")),
              defaultValue: ["b'"],
            },
          })
          const second = attributes('2')
          // Sequelize takes the quotes out of names of tables, and so do we.
          const plain = name.replaceAll('"', '')
          const quoted = quoteName(plain)
          await step(sequelize, async (op) => {
            await op.createTable(
              name,
              { id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true }, ...attributes('1') },
              { comment, checks: [{ name: `${name.slice(0, 50)} ck`, expression: 'id > 0' }] },
            )
            for (const [key, attribute] of Object.entries(second)) await op.addColumn(name, key, attribute)
            await op.renameColumn(name, 'id', `the ${name}`)
            await op.sequelize.query(`INSERT INTO ${quoted} (${quoteName(`the ${name}`)}) VALUES (7)`)
          })
          const table = (await schemaOf(sequelize)).tables.find((one) => one.name === plain)
          expect(table?.comment).toBe(comment)
          expect(table?.columns).toHaveLength(7)
          expect(table?.columns.slice(1).map((column) => column.comment)).toEqual([
            ...[comment, comment, null],
            ...[comment, comment, null],
          ])
          const [row] = await sequelize.query<Record<string, unknown>>(`SELECT * FROM ${quoted}`, {
            type: QueryTypes.SELECT,
          })
          const values = [ODD_TEXTS.join(' '), ODD_TEXTS[3], ["b'"]]
          expect(Object.values(row ?? {})).toEqual([7, ...values, ...values])
        }
        for (const { name, values } of (await schemaOf(sequelize)).enums)
          if (name !== 'my enum') expect([[...ODD_TEXTS], ['a', "b'"]]).toContainEqual(values)
      }))

    test('createTable takes raw types, collations, computed columns, checks, keys and literal defaults', () =>
      on(engine, ["CREATE TYPE \"my enum\" AS ENUM ('x', 'y')"], async (sequelize) => {
        await step(sequelize, async (op) => {
          await op.createTable('parents', {
            id: { type: DataTypes.BIGINT, primaryKey: true, autoIncrement: true },
          })
          await op.createTable(
            't',
            {
              id: {
                type: 'integer',
                primaryKey: true,
                autoIncrement: true,
                autoIncrementIdentity: true,
              },
              word: { type: 'character varying(20)', collation: 'C', unique: true },
              pick: { type: '"my enum"', defaultValue: 'y', allowNull: false },
              list: { type: 'integer[]', defaultValue: [1, 2] },
              at: { type: DataTypes.DATE, defaultValue: literal('now()') },
              made: { type: DataTypes.DATE, defaultValue: DataTypes.NOW },
              none: { type: DataTypes.JSONB, defaultValue: null },
              double: { type: DataTypes.INTEGER, generated: { expression: 'id * 2', stored: true } },
              parent: {
                type: DataTypes.BIGINT,
                references: { model: 'parents', key: 'id' },
                onDelete: 'cascade',
                checks: [{ name: 't_parent_check', expression: 'parent > 0' }],
              },
            },
            { uniqueKeys: { some: { fields: ['word', 'pick'] } } },
          )
          await op.addColumn('t', 'later', {
            type: DataTypes.STRING,
            collation: 'pg_catalog.C',
            checks: [{ name: 't_later_check', expression: `later <> 'it''s'` }],
          })
        })
        const { tables } = await schemaOf(sequelize)
        const t = tables.find(({ name }) => name === 't')
        const facts = t?.columns.map((column) => [
          column.name,
          column.type,
          column.nullable,
          column.default,
          column.autoIncrement?.kind ?? null,
          column.collation,
          column.generated?.expression ?? null,
        ])
        expect(facts).toEqual([
          ['id', 'integer', false, null, 'identity by default', null, null],
          ['word', 'character varying(20)', true, null, null, '"C"', null],
          ['pick', '"my enum"', false, `'y'::"my enum"`, null, null, null],
          ['list', 'integer[]', true, 'ARRAY[1, 2]', null, null, null],
          ['at', 'timestamp with time zone', true, 'now()', null, null, null],
          ['made', 'timestamp with time zone', true, null, null, null, null],
          ['none', 'jsonb', true, null, null, null, null],
          ['double', 'integer', true, null, null, null, '(id * 2)'],
          ['parent', 'bigint', true, null, null, null, null],
          ['later', 'character varying(255)', true, null, null, '"C"', null],
        ])
        expect(t?.checks.map(({ name }) => name).sort()).toEqual(['t_later_check', 't_parent_check'])
        expect(t?.uniques.map(({ parts }) => parts.map(({ column }) => column))).toHaveLength(2)
        expect(t?.foreignKeys.map(({ target, onDelete }) => [target.name, onDelete])).toEqual([
          ['parents', 'CASCADE'],
        ])
        expect(tables.find(({ name }) => name === 'parents')?.columns[0]?.autoIncrement?.kind).toBe('serial')
      }))

    test('an enum type that is there with other values is an error and not a surprise', () =>
      on(engine, [`CREATE TYPE enum_t_e AS ENUM ('old')`], async (sequelize) => {
        const error = await refusal(sequelize, (op) =>
          op.createTable('t', { e: { type: DataTypes.ENUM('new') } }),
        )
        expect(error.message).toContain('the type "enum_t_e" is there already, with other values')
        await step(sequelize, (op) => op.createTable('t', { e: { type: DataTypes.ENUM('old') } }))
        expect((await schemaOf(sequelize)).enums).toHaveLength(1)
      }))

    test('dropTable and removeColumn take the enum types along that nothing else uses, in any schema', () =>
      on(
        engine,
        [
          'CREATE SCHEMA "Other"',
          `CREATE TYPE shared AS ENUM ('a')`,
          'CREATE TABLE keeps (s shared)',
          `CREATE TYPE for_function AS ENUM ('a')`,
          'CREATE FUNCTION takes(x for_function) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
        ],
        async (sequelize) => {
          const list = async (): Promise<unknown> =>
            (
              await rowsOf(
                sequelize,
                `SELECT oid::regtype::text AS type FROM pg_type WHERE typtype = 'e' ORDER BY 1`,
              )
            ).map(({ type }) => type)
          const make = () =>
            step(sequelize, async (op) => {
              await op.createTable(
                { tableName: 'My t', schema: 'Other' },
                {
                  own: { type: DataTypes.ENUM('a', 'b'), allowNull: false, defaultValue: 'a' },
                  list: { type: DataTypes.ARRAY(DataTypes.ENUM('c')) },
                  s: { type: 'public.shared' },
                  f: { type: 'public.for_function' },
                },
                { checks: [{ name: 'own_check', expression: `own <> 'b'` }] },
              )
              await op.addIndex({ tableName: 'My t', schema: 'Other' }, ['list'], {
                name: 'part',
                where: literal(`own = 'a'`),
              })
            })
          await make()
          const both = ['for_function', '"Other"."enum_My t_list"', '"Other"."enum_My t_own"', 'shared']
          expect(await list()).toEqual(both.sort())
          await step(sequelize, (op) => op.removeColumn({ tableName: 'My t', schema: 'Other' }, 'list'))
          expect(await list()).toEqual(['for_function', '"Other"."enum_My t_own"', 'shared'].sort())
          await step(sequelize, async (op) => {
            await op.dropTable({ tableName: 'My t', schema: 'Other' })
            // As everybody wrote it for Sequelize 6, which leaves the type.
            await op.sequelize.query('DROP TYPE "Other"."enum_My t_own"')
          })
          expect(await list()).toEqual(['for_function', 'shared'])
          await make()
          await step(sequelize, (op) => op.dropTable({ tableName: 'My t', schema: 'Other' }))
          expect(await list()).toEqual(['for_function', 'shared'])
          // In one step: gone and made again, with other values.
          await make()
          await step(sequelize, async (op) => {
            const table = { tableName: 'My t', schema: 'Other' }
            await op.dropTable(table)
            await op.createTable(table, { own: { type: DataTypes.ENUM('z') } })
          })
          expect(await list()).toEqual(['for_function', '"Other"."enum_My t_own"', 'shared'].sort())
          await step(sequelize, (op) => op.dropTable('keeps'))
          expect(await list()).toEqual(['for_function', '"Other"."enum_My t_own"'].sort())
        },
      ))

    test('an instance that writes names without quotes, and one whose search path has no "public" in it', () =>
      withDatabase(engine, async (database) => {
        await database.connect().query('CREATE SCHEMA app')
        const sequelize = database.connect({
          quoteIdentifiers: false,
          dialectOptions: { options: '-c search_path=app' },
        })
        await step(sequelize, async (op) => {
          await op.createTable('Notes', {
            Id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
            Level: { type: DataTypes.ENUM('a'), defaultValue: 'a' },
          })
          await op.changeColumn('Notes', 'Level', { type: DataTypes.ENUM('b', 'a'), allowNull: false })
          await op.changeColumn('Notes', 'Id', { type: DataTypes.BIGINT, autoIncrement: true })
          await op.addIndex('Notes', ['Level'])
          await op.bulkInsert('Notes', [{ Level: 'b' }])
          await op.changeEnum('Notes', 'Level', ['c'], { rename: { b: 'c' }, map: { a: 'c' } })
        })
        expect(await schemaOf(sequelize)).toMatchObject({
          tables: [
            {
              name: 'notes',
              columns: [
                { name: 'id', type: 'bigint', autoIncrement: { kind: 'serial', sequence: null } },
                {
                  name: 'level',
                  type: 'enum_notes_level',
                  nullable: false,
                  default: `'c'::enum_notes_level`,
                },
              ],
              indexes: [{ name: 'notes__level' }],
            },
          ],
          enums: [{ schema: null, name: 'enum_notes_level', values: ['c'] }],
        })
        await step(sequelize, (op) => op.dropTable('Notes'))
        expect(await schemaOf(sequelize)).toEqual({ tables: [], enums: [] })
      }))

    test('renameTable, changeTable and the enum verbs', () =>
      on(engine, ['CREATE SCHEMA other', 'CREATE TABLE t (id int)'], async (sequelize) => {
        await step(sequelize, async (op) => {
          await op.createEnum('Mood "x"', ODD_TEXTS)
          await op.addColumn('t', 'mood', { type: '"Mood ""x"""', defaultValue: ODD_TEXTS[5] })
          await op.changeTable('t', { comment: `it's "` })
          await op.renameTable('t', 'u v')
          await op.renameEnum('Mood "x"', { tableName: 'mood', schema: 'other' })
          await op.createEnum({ tableName: 'gone', schema: 'other' }, ['a'])
          await op.dropEnum({ tableName: 'gone', schema: 'other' })
          await op.dropEnum('never there')
        })
        const [table] = (await schemaOf(sequelize)).tables
        expect(table).toMatchObject({ name: 'u v', comment: `it's "` })
        expect(table?.columns[1]?.enumType).toEqual({ schema: 'other', name: 'mood' })
        await step(sequelize, async (op) => {
          await op.renameTable('u v', { tableName: 'w', schema: 'other' })
          await op.changeTable({ tableName: 'w', schema: 'other' }, { comment: null })
        })
        expect(await rowsOf(sequelize, `SELECT obj_description('other.w'::regclass) AS said`)).toEqual([
          { said: null },
        ])
      }))
  },
  isPostgres,
)
