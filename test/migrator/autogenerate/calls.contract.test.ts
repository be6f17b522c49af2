import { join } from 'node:path'
import type { Sequelize } from 'sequelize'
import { reflect, type Schema } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import type { Hazard } from '../../../src/migrator/operations/hazard.js'
import type { Operation } from '../../../src/migrator/operations/operation.js'
import { renderCalls } from '../../../src/migrator/render/op-calls.js'
import { type RevisionFormat, renderRevision, styleOf } from '../../../src/migrator/render/revision-source.js'
import { describeNewest, type Engine, withDatabase } from '../../support/engines/index.js'
import { hostOf } from '../commands/host.js'
import { native } from '../support.js'
import { callsOn, inverse, Make, unordered } from './calls-support.js'

const { createMigrator } = await native()

const look = async (sequelize: Sequelize): Promise<Schema> => unordered(await reflect(sequelize))

const run = async (sequelize: Sequelize, statements: readonly string[]): Promise<void> => {
  for (const sql of statements) await sequelize.query(sql)
}

const hazard = (rule: Hazard['rule'], message: string): Hazard => ({
  rule,
  risk: 'may fail',
  message,
  rows: null,
})

const integer = (engine: Engine): string => (engine.dialect === 'mysql' ? 'int' : 'INTEGER')

describeNewest('calls', (engine) => {
  const id = `${integer(engine)} PRIMARY KEY`

  test.each<RevisionFormat>(['ts', 'cjs', 'mjs'])(
    'in a file (.%s) do what they say, and are taken back',
    (format) =>
      withDatabase(engine, (database) =>
        withDatabase(engine, async (other) => {
          const [sequelize, wanted] = [database.connect(), other.connect()]
          const users = `CREATE TABLE users (id ${id})`
          const odd = `it''s "a"; -- % \u00fc`
          await run(sequelize, [users, `CREATE TABLE notes (id ${id}, old varchar(20))`])
          await run(wanted, [
            users,
            `CREATE TABLE notes (id ${id}, title varchar(40) DEFAULT '${odd}' NOT NULL, owner ${integer(engine)})`,
            `CREATE TABLE tags (id ${id}, name varchar(10), CONSTRAINT named CHECK (name <> '${odd}'))`,
            'CREATE UNIQUE INDEX tag_names ON tags (name)',
          ])
          const [before, after] = [await look(sequelize), await look(wanted)]
          const make = new Make(before, after)
          const operations = [
            make.createTable('tags'),
            make.removeColumn('notes', 'old'),
            make.addColumn('notes', 'title'),
            make.addColumn('notes', 'owner'),
          ]
          const up = renderCalls(callsOn[engine.dialect](operations, { sequelize, before, after }))
          const inverted = [...operations].reverse().map(inverse)
          const down = renderCalls(
            callsOn[engine.dialect](inverted, { sequelize, before: after, after: before }),
          )
          const source = renderRevision(
            {
              revision: 'generated',
              message: 'generated',
              downRevision: [],
              up: up.lines,
              down: down.lines,
              sequelizeNames: new Set([...up.sequelizeNames, ...down.sequelizeNames]),
            },
            styleOf(format, 'esm'),
          )
          const folder = hostOf({ [`migrations/20260101000000_generated.${format}`]: source })
          const migrator = createMigrator({
            sequelize,
            baseline: false,
            migrations: join(folder, 'migrations'),
          })
          await migrator.up()
          expect(await look(sequelize), source).toEqual(after)
          await migrator.down()
          expect(await look(sequelize), source).toEqual(before)
        }),
      ),
  )

  test('what an operation may break stands above its call, also where several are one', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      await run(sequelize, [`CREATE TABLE t (id ${id}, a varchar(5), b varchar(5))`])
      const before = await look(sequelize)
      const make = new Make(before, before)
      const operations: Operation[] = [
        { ...make.removeColumn('t', 'a'), hazards: [hazard('drop-column', 'a goes\nfor ever')] },
        { ...make.removeColumn('t', 'b'), hazards: [hazard('drop-column', 'b goes')] },
        { ...make.dropTable('t'), hazards: [hazard('drop-table', 't goes'), hazard('drop-table', 'really')] },
      ]
      const { lines } = renderCalls(callsOn[engine.dialect](operations, { sequelize, before, after: before }))
      const drop = `// hazard drop-table: t goes\n  // hazard drop-table: really\n  await op.dropTable('t')`
      expect(lines).toEqual(
        engine.dialect === 'sqlite'
          ? [
              [
                "await op.alterTable('t', (t) => {",
                '    // hazard drop-column: a goes',
                '    // for ever',
                "    t.removeColumn('a')",
                '    // hazard drop-column: b goes',
                "    t.removeColumn('b')",
                '  })',
              ].join('\n'),
              drop,
            ]
          : [
              "// hazard drop-column: a goes\n  // for ever\n  await op.removeColumn('t', 'a')",
              "// hazard drop-column: b goes\n  await op.removeColumn('t', 'b')",
              drop,
            ],
      )
    }))

  test('the author is asked first for the values of required columns', () =>
    withDatabase(engine, (database) =>
      withDatabase(engine, async (other) => {
        const [sequelize, wanted] = [database.connect(), other.connect()]
        await run(sequelize, [`CREATE TABLE t (id ${id})`])
        await run(wanted, [
          `CREATE TABLE t (id ${id}, n varchar(5) NOT NULL, "x y" varchar(5) NOT NULL, x_y varchar(5) NOT NULL)`.replaceAll(
            '"',
            engine.dialect === 'mysql' ? '`' : '"',
          ),
        ])
        const [before, after] = [await look(sequelize), await look(wanted)]
        const make = new Make(before, after)
        const operations = ['n', 'x y', 'x_y'].map((name) => make.addColumn('t', name, true))
        const { lines } = renderCalls(callsOn[engine.dialect](operations, { sequelize, before, after }))
        expect(lines).toEqual([
          "const newN = op.valueFor('t', 'n', undefined)",
          "const newXY_2 = op.valueFor('t', 'x y', undefined)",
          "const newXY = op.valueFor('t', 'x_y', undefined)",
          "await op.addColumn('t', 'n', { type: DataTypes.STRING(5) })",
          "await op.fill('t', 'n', newN)",
          "await op.changeColumn('t', 'n', { allowNull: false })",
          "await op.addColumn('t', 'x y', { type: DataTypes.STRING(5) })",
          "await op.fill('t', 'x y', newXY_2)",
          "await op.changeColumn('t', 'x y', { allowNull: false })",
          "await op.addColumn('t', 'x_y', { type: DataTypes.STRING(5) })",
          "await op.fill('t', 'x_y', newXY)",
          "await op.changeColumn('t', 'x_y', { allowNull: false })",
        ])
      }),
    ))
})
