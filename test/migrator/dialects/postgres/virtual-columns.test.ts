import { DataTypes } from 'sequelize'
import { createMigrator } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { describeEngines } from '../../../support/engines/index.js'
import { failure, revisionOf, rowsOf } from '../../support.js'
import { isPostgres, on, refusal, schemaOf, step } from './support.js'

const VIRTUAL = { expression: 'a * 2', stored: false }
const READ_BACK = { expression: '(a * 2)', stored: false }

describeEngines(
  'virtual generated columns on PostgreSQL',
  (engine) => {
    // The engine of the machine is 15, the one from npm 18.
    const hasVirtual = engine.name === 'postgres18'

    test.skipIf(!hasVirtual)('are kept by every operation on their table, and computed all the while', () =>
      on(engine, [], async (sequelize) => {
        const generated = async (table = 't'): Promise<unknown> =>
          (await schemaOf(sequelize)).tables
            .find(({ name }) => name === table)
            ?.columns.filter((column) => column.generated !== null)
            .map((column) => [column.name, column.type, column.generated, column.comment])
        const one = ['v', 'integer', READ_BACK, null]
        await step(sequelize, (op) =>
          op.createTable('t', {
            id: { type: DataTypes.INTEGER, primaryKey: true },
            a: { type: DataTypes.INTEGER, allowNull: false },
            v: { type: DataTypes.INTEGER, generated: VIRTUAL },
          }),
        )
        await sequelize.query('INSERT INTO t (id, a) VALUES (1, 21)')
        expect(await generated()).toEqual([one])
        await step(sequelize, async (op) => {
          await op.addColumn('t', 'w', {
            type: DataTypes.BIGINT,
            generated: { expression: 'a + 1', stored: false },
          })
          await op.addColumn('t', 'b', { type: DataTypes.STRING, defaultValue: 'x' })
          await op.changeColumn('t', 'b', { allowNull: false })
          await op.renameColumn('t', 'b', 'c')
          await op.addIndex('t', ['a'], { name: 't_a' })
          await op.addConstraint('t', {
            type: 'check',
            fields: ['a'],
            name: 't_check',
            where: { a: [21, 22] },
          })
          await op.changeTable('t', { comment: 'it' })
          await op.changeColumn('t', 'v', { comment: 'twice', generated: READ_BACK })
        })
        expect(await generated()).toEqual([
          ['v', 'integer', READ_BACK, 'twice'],
          ['w', 'bigint', { expression: '(a + 1)', stored: false }, null],
        ])
        await step(sequelize, async (op) => {
          // PostgreSQL 18 gives them no other expression where the table has a check.
          await op.removeConstraint('t', 't_check')
          await op.changeColumn('t', 'v', { generated: { expression: 'a * 3', stored: false } })
          await op.removeColumn('t', 'w')
          await op.renameColumn('t', 'a', 'amount')
          await op.renameTable('t', 'u')
        })
        expect(await generated('u')).toEqual([
          ['v', 'integer', { expression: '(amount * 3)', stored: false }, 'twice'],
        ])
        expect(await rowsOf(sequelize, 'SELECT amount, v FROM u')).toEqual([{ amount: 21, v: 63 }])
      }),
    )

    test.skipIf(!hasVirtual)('are made again from the value that they are read back as', () =>
      on(
        engine,
        ['CREATE TABLE t (id int PRIMARY KEY, a int, v int GENERATED ALWAYS AS (a * 2) VIRTUAL)'],
        async (sequelize) => {
          const [before] = (await schemaOf(sequelize)).tables
          const columns = Object.fromEntries(
            (before?.columns ?? []).map(({ name, type, nullable, generated }) => [
              name,
              {
                type,
                allowNull: nullable,
                primaryKey: name === 'id',
                ...(generated === null ? {} : { generated }),
              },
            ]),
          )
          await step(sequelize, async (op) => {
            await op.dropTable('t')
            await op.createTable('t', columns)
          })
          expect((await schemaOf(sequelize)).tables[0]).toEqual(before)
        },
      ),
    )

    test.skipIf(!hasVirtual)('cannot become stored or plain, which is said before anything is sent', () =>
      on(engine, ['CREATE TABLE t (a int, v int GENERATED ALWAYS AS (a * 2) VIRTUAL)'], async (sequelize) => {
        for (const generated of [null, { ...VIRTUAL, stored: true }]) {
          const error = await refusal(sequelize, (op) => op.changeColumn('t', 'v', { generated }))
          expect(error).toMatchObject({ code: 'UNSAFE_OPERATION' })
          expect(error.message).toContain('op.changeColumn of "v" on "t" is refused')
        }
      }),
    )

    test.skipIf(hasVirtual)('are refused before version 18, with what to say instead', () =>
      on(engine, ['CREATE TABLE t (a int)'], async (sequelize) => {
        const column = { type: DataTypes.INTEGER, generated: VIRTUAL }
        const refused = [
          await refusal(sequelize, (op) => op.addColumn('t', 'v', column)),
          await refusal(sequelize, (op) =>
            op.createTable('u', { a: { type: DataTypes.INTEGER }, v: column }),
          ),
        ]
        for (const error of refused) {
          expect(error).toMatchObject({ code: 'UNSAFE_OPERATION' })
          expect(error.message).toContain(
            'PostgreSQL has virtual columns from version 18 on, and this is 15.',
          )
          expect(error.message).toContain('Say `stored: true`')
        }
        const planned = createMigrator({
          sequelize,
          baseline: false,
          migrations: [revisionOf('aaaa1', null, async ({ context: op }) => op.addColumn('t', 'v', column))],
        })
        expect(await failure(planned.plan())).toMatchObject({ code: 'UNSAFE_OPERATION' })
        // Nobody knows for which server a script is.
        expect(await planned.sql()).toContain('VIRTUAL')
        await step(sequelize, (op) =>
          op.addColumn('t', 'v', { ...column, generated: { ...VIRTUAL, stored: true } }),
        )
      }),
    )
  },
  isPostgres,
)
