import { col, DataTypes, Deferrable, fn, literal, type Sequelize } from 'sequelize'
import { createMigrator, type Op } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { describeEngines, withDatabase } from '../../../support/engines/index.js'
import { failure, revisionOf, rowsOf } from '../../support.js'
import { isPostgres, ODD_NAMES, on, refusal, schemaOf, step } from './support.js'

const T = [
  'CREATE TABLE t (id int, a text, b int)',
  `INSERT INTO t VALUES (1, 'x', 1), (2, 'x', NULL), (3, 'y', NULL)`,
]

const indexesOf = async (sequelize: Sequelize) =>
  (
    await rowsOf(sequelize, `SELECT indexdef AS sql FROM pg_indexes WHERE tablename = 't' ORDER BY indexname`)
  ).map(({ sql }) => String(sql).replace(/^CREATE (?:UNIQUE )?INDEX | ON public\.t/gu, ''))

describeEngines(
  'indexes and constraints on PostgreSQL',
  (engine) => {
    test('addIndex says all that an index can be', () =>
      on(engine, T, async (sequelize) => {
        await step(sequelize, async (op) => {
          await op.addIndex('t', ['a', 'b'])
          await op.addIndex('t', ['a'], { name: 'i1', include: ['b', 'id'], storage: ['fillfactor=70'] })
          await op.addIndex('t', ['b', 'id'], { name: 'i2', unique: true, nullsNotDistinct: false })
          await op.addIndex('t', {
            name: 'i3',
            fields: [
              { name: 'a', order: 'DESC', nulls: 'LAST', collate: 'C', operator: 'text_pattern_ops' },
              { name: 'b', nulls: 'FIRST' },
            ],
          })
          await op.addIndex('t', [fn('lower', col('a')), literal('(b + 1) DESC'), literal('b + 2')], {
            name: 'i4',
          })
          await op.addIndex('t', ['a'], { name: 'i5', using: 'HASH', where: { b: 1 } })
          await op.renameIndex('t', 'i5', 'I "six"')
          await op.removeIndex('t', 'i1')
          await op.addIndex('t', ['b'], { name: 'i1' })
          await op.removeIndex('t', ['a', 'b'])
        })
        expect(await indexesOf(sequelize)).toEqual([
          '"I ""six""" USING hash (a) WHERE (b = 1)',
          'i1 USING btree (b)',
          'i2 USING btree (b, id)',
          'i3 USING btree (a COLLATE "C" text_pattern_ops DESC NULLS LAST, b NULLS FIRST)',
          'i4 USING btree (lower(a), ((b + 1)) DESC, ((b + 2)))',
        ])
        const isDistinct = step(sequelize, (op) =>
          op.addIndex('t', ['b'], { name: 'n', unique: true, nullsNotDistinct: true }),
        )
        expect((await failure(isDistinct)).message).toContain('not unique in b')
      }))

    test('odd names', () =>
      on(engine, ['CREATE SCHEMA "S x"'], async (sequelize) => {
        for (const name of ODD_NAMES) {
          const table = { tableName: name, schema: 'S x' }
          await step(sequelize, async (op) => {
            await op.createTable(table, { [name]: { type: 'int' }, other: { type: 'int' } })
            await op.addIndex(table, [name, { name: 'other', order: 'DESC' }], {
              name: `i${name}`.slice(0, 60),
              where: { [name]: 1 } as never,
            })
            await op.renameIndex(table, `i${name}`.slice(0, 60), `j${name}`.slice(0, 60))
            await op.removeIndex(table, `j${name}`.slice(0, 60))
            await op.addConstraint(table, { type: 'unique', fields: [name], name: `u${name}`.slice(0, 60) })
            await op.addConstraint(table, {
              ...{ type: 'foreign key', fields: ['other'], name: `f${name}`.slice(0, 60) },
              references: { table, fields: [name] },
            } as never)
            await op.renameConstraint(table, `f${name}`.slice(0, 60), `g${name}`.slice(0, 60))
            await op.removeConstraint(table, `g${name}`.slice(0, 60))
          })
        }
        const left = await rowsOf(
          sequelize,
          `SELECT count(*)::int AS n FROM pg_constraint WHERE connamespace = '"S x"'::regnamespace AND contype IN ('u', 'f')`,
        )
        expect(left).toEqual([{ n: ODD_NAMES.length }])
      }))

    test('constraints: deferrable, not yet valid, validated, renamed', () =>
      on(
        engine,
        [...T, 'CREATE TABLE p (id int PRIMARY KEY, x int, y int, UNIQUE (x, y))'],
        async (sequelize) => {
          await step(sequelize, async (op) => {
            await op.addConstraint('t', {
              type: 'unique',
              fields: ['a', 'id'],
              name: 'u',
              deferrable: Deferrable.INITIALLY_DEFERRED as never,
            })
            await op.addConstraint('t', {
              type: 'check',
              fields: ['b'],
              where: literal('b > 5') as never,
              name: 'c',
              notValid: true,
            })
            await op.addConstraint('t', {
              type: 'foreign key',
              fields: ['id', 'b'],
              references: { table: 'p', fields: ['x', 'y'] },
              onDelete: 'cascade',
              name: 'f',
              notValid: true,
            })
            await op.renameConstraint('t', 'c', 'C "c"')
          })
          const t = async () => (await schemaOf(sequelize)).tables.find(({ name }) => name === 't')
          expect(await t()).toMatchObject({
            checks: [{ name: 'C "c"', validated: false }],
            foreignKeys: [{ name: 'f', validated: false, onDelete: 'CASCADE', targetColumns: ['x', 'y'] }],
          })
          expect((await t())?.uniques.find(({ name }) => name === 'u')?.deferrable).toBe('deferred')
          const invalid = await refusal(sequelize, (op) => op.validateConstraint('t', 'C "c"'))
          expect(invalid.message).toContain('is violated by some row')
          await step(sequelize, async (op) => {
            await op.sequelize.query('DELETE FROM t')
            await op.validateConstraint('t', 'C "c"')
            await op.validateConstraint('t', 'f')
          })
          expect(await t()).toMatchObject({
            checks: [{ validated: true }],
            foreignKeys: [{ validated: true }],
          })
        },
      ))

    test('CONCURRENTLY is refused in a transaction before anything is sent, and says what to write', () =>
      on(engine, T, async (sequelize) => {
        const calls: readonly ((op: Op) => Promise<unknown>)[] = [
          (op) => op.addIndex('t', ['a'], { concurrently: true }),
          (op) => op.removeIndex('t', 'i', { concurrently: true } as never),
        ]
        for (const call of calls) {
          const error = await refusal(sequelize, call)
          expect(error).toMatchObject({ code: 'NOT_TRANSACTIONAL' })
          expect(error.message).toContain('before its first statement')
          expect(error.message).toContain('export const transaction = false')
          const step = revisionOf('aaaa1', null, async ({ context: op }) => void (await call(op)))
          const migrator = createMigrator({ sequelize, baseline: false, migrations: [step] })
          for (const collected of [failure(migrator.plan()), failure(migrator.sql())]) {
            const told = await collected
            expect(told).toMatchObject({ code: 'NOT_TRANSACTIONAL', revision: 'aaaa1' })
            expect(told.message).toContain('export const transaction = false')
          }
        }
      }))

    test('in a revision without a transaction it runs; an invalid index of a failed attempt is made again', () =>
      on(engine, T, async (sequelize) => {
        const index = { name: 'I x', unique: true, concurrently: true }
        const add = revisionOf(
          'aaaa1',
          null,
          async ({ context: op }) => {
            await op.addColumn('t', 'c', { type: DataTypes.INTEGER, defaultValue: 1 })
            await op.addIndex('t', ['a'], index)
            await op.addIndex('t', ['b'], { name: 'other', concurrently: true, include: ['a'] })
          },
          { transaction: false },
        )
        const remove = revisionOf(
          'aaaa2',
          'aaaa1',
          async ({ context: op }) => {
            await op.removeIndex('t', 'I x', { concurrently: true } as never)
          },
          { transaction: false },
        )
        const migrator = createMigrator({ sequelize, baseline: false, migrations: [add, remove] })
        expect((await failure(migrator.up())).message).toContain('not unique in a')
        const used = async () =>
          (await schemaOf(sequelize)).tables[0]?.indexes.map(({ name, isUsed }) => [name, isUsed])
        expect(await used()).toEqual([['I x', false]])
        await sequelize.query('UPDATE t SET a = id')
        await migrator.up({ to: 'aaaa1' })
        expect(await used()).toEqual([
          ['I x', true],
          ['other', true],
        ])
        await migrator.up()
        expect(await used()).toEqual([['other', true]])
      }))

    test('a process that was killed while it made an index goes on, when what it left is invalid', () =>
      on(engine, T, async (sequelize) => {
        const add = revisionOf(
          'aaaa1',
          null,
          async ({ context: op }) => {
            await op.addIndex('t', ['a'], { name: 'i', unique: true, concurrently: true })
          },
          { transaction: false },
        )
        const migrator = createMigrator({ sequelize, baseline: false, migrations: [add] })
        // The note says that it was begun: the error that took it back has not been heard.
        await sequelize.query('CREATE TABLE block (x int)')
        await failure(migrator.up())
        const { createHash } = await import('node:crypto')
        const sql = 'CREATE UNIQUE INDEX CONCURRENTLY "i" ON "t" ("a")'
        const hash = createHash('sha256')
          .update(sql)
          .update(JSON.stringify([null, null]))
          .digest('hex')
        await sequelize.query('DROP INDEX CONCURRENTLY i')
        const fingerprint = await fingerprintOf(sequelize)
        await failure(sequelize.query(sql))
        await sequelize.query(
          `INSERT INTO sm2kit_revisions_journal (revision, step, direction, hash, state, fingerprint, statement)
           VALUES ('aaaa1', 1, 'up', '${hash}', 0, '${fingerprint}', 'CREATE UNIQUE INDEX CONCURRENTLY')`,
        )
        await sequelize.query('UPDATE t SET a = id')
        await migrator.up()
        expect(await indexesOf(sequelize)).toEqual(['i USING btree (a)'])
      }))

    test('a script has the statement outside a transaction', () =>
      withDatabase(engine, async (database) => {
        const add = revisionOf(
          'aaaa1',
          null,
          async ({ context: op }) => {
            await op.addIndex('t', ['a'], { name: 'i', concurrently: true })
          },
          { transaction: false },
        )
        const sequelize = database.connect()
        const script = await createMigrator({ sequelize, baseline: false, migrations: [add] }).sql()
        expect(script).toContain('\n\nCREATE INDEX CONCURRENTLY "i" ON "t" ("a");\n\nINSERT INTO')
      }))
  },
  isPostgres,
)

const fingerprintOf = async (sequelize: Sequelize): Promise<string> => {
  const { postgresDialect } = await import('../../../../src/migrator/dialects/postgres/dialect.js')
  const select = async <Row extends object>(sql: string) => (await rowsOf(sequelize, sql)) as readonly Row[]
  return postgresDialect.fingerprint({ select } as never, '')
}
