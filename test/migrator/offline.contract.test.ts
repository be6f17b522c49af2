import { spawnSync } from 'node:child_process'
import { inspect } from 'node:util'
import type { QueryTypes, Sequelize } from 'sequelize'
import { createMigrator, type MigratorOptions, type Revision } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { describeEngines, type Engine, type TestDatabase, withDatabase } from '../support/engines/index.js'
import { failure, revisionOf, rowsOf } from './support.js'

const TRIGGER: Readonly<Record<Engine['dialect'], readonly string[]>> = {
  sqlite: [
    'CREATE TRIGGER stamp_notes AFTER INSERT ON "odd; notes" BEGIN UPDATE "odd; notes" SET stars = stars + 1; SELECT 1; END',
  ],
  postgres: [
    'CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN NEW.stars := NEW.stars + 1; RETURN NEW; END; $body$',
    'CREATE TRIGGER stamp_notes BEFORE INSERT ON "odd; notes" FOR EACH ROW EXECUTE FUNCTION stamp()',
  ],
  mysql: [
    'CREATE TRIGGER stamp_notes BEFORE INSERT ON `odd; notes` FOR EACH ROW BEGIN SET NEW.stars = NEW.stars + 1; SET @x = 1; END',
  ],
}

const TABLE = 'odd; notes'

const host = (engine: Engine): readonly Revision[] => [
  {
    revision: '51b0c3d9a7e4',
    message: "notes; it's -- odd\nin two lines",
    dependsOn: 'f3e3ac684f8e',
    up: async ({ context: op }) => {
      const { ENUM, INTEGER, STRING } = (op.sequelize.constructor as typeof Sequelize & { DataTypes: never })[
        'DataTypes'
      ] as unknown as typeof import('sequelize').DataTypes
      await op.createTable(TABLE, {
        id: { type: INTEGER, primaryKey: true, autoIncrement: true },
        title: { type: STRING(80), allowNull: false, defaultValue: "it's; new" },
        level: { type: ENUM('low', 'high'), allowNull: false, defaultValue: 'low' },
      })
      await op.addIndex(TABLE, ['title'], { name: 'notes_title' })
    },
    down: async ({ context: op }) => {
      await op.dropTable(TABLE)
      if (engine.dialect === 'postgres') await op.sequelize.query(`DROP TYPE "enum_odd; notes_level"`)
    },
  },
  {
    revision: '8c1d0a5be2f7',
    downRevision: '51b0c3d9a7e4',
    message: 'add stars',
    breaking: true,
    up: async ({ context: op }) => {
      await op.addColumn(TABLE, 'stars', { type: 'INTEGER', allowNull: false, defaultValue: 0 })
      await op.bulkInsert(TABLE, [{ title: "a 'quoted' \\ title; with a ; in it", level: 'high' }])
      for (const statement of TRIGGER[engine.dialect]) await op.sequelize.query(statement)
      await op.sequelize.query(`UPDATE ${quoted(engine)} SET stars = stars WHERE 1 = $1`, { bind: [1] })
    },
    down: async ({ context: op }) => {
      await op.sequelize.query(
        engine.dialect === 'postgres'
          ? `DROP TRIGGER stamp_notes ON ${quoted(engine)}`
          : 'DROP TRIGGER stamp_notes',
      )
      if (engine.dialect === 'postgres') await op.sequelize.query('DROP FUNCTION stamp()')
      await op.sequelize.query(`ALTER TABLE ${quoted(engine)} DROP COLUMN stars`)
    },
  },
]

const quoted = (engine: Engine): string => quotedAs(engine, TABLE)

const quotedAs = ({ dialect }: Engine, name: string): string =>
  dialect === 'mysql' ? `\`${name}\`` : `"${name}"`

const migratorOf = (engine: Engine, sequelize: Sequelize, rest: Partial<MigratorOptions> = {}) =>
  createMigrator({ sequelize, migrations: host(engine), ...rest })

/** Everything that a script can have made, and the rows. A script needs no journal: it is no run that could be gone on with. */
const stateOf = async (engine: Engine, sequelize: Sequelize): Promise<unknown> => {
  const schema =
    engine.dialect === 'sqlite'
      ? ['SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 1, 2']
      : [
          `SELECT table_name, column_name, ordinal_position, column_default, is_nullable, data_type FROM information_schema.columns
           WHERE table_schema = ${engine.dialect === 'postgres' ? 'current_schema()' : 'database()'} ORDER BY 1, 3`,
          `SELECT table_name, constraint_name, constraint_type FROM information_schema.table_constraints
           WHERE table_schema = ${engine.dialect === 'postgres' ? 'current_schema()' : 'database()'}
           AND constraint_name NOT LIKE '%not_null' ORDER BY 1, 2`,
          `SELECT trigger_name, action_statement FROM information_schema.triggers
           WHERE trigger_schema = ${engine.dialect === 'postgres' ? 'current_schema()' : 'database()'} ORDER BY 1`,
          ...(engine.dialect === 'postgres'
            ? ['SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1']
            : [
                'SELECT table_name, index_name, column_name, seq_in_index FROM information_schema.statistics WHERE table_schema = database() ORDER BY 1, 2, 4',
              ]),
        ]
  const state: unknown[] = []
  for (const sql of schema)
    state.push(
      (await rowsOf(sequelize, sql)).filter((row) => row['table_name'] !== 'sm2kit_revisions_journal'),
    )
  const versions =
    'SELECT revision, name, checksum, state, version, breaking FROM sm2kit_revisions ORDER BY revision'
  state.push(await rowsOf(sequelize, versions))
  const tables = JSON.stringify(state).includes('notes_title')
  state.push(tables ? await rowsOf(sequelize, `SELECT * FROM ${quoted(engine)}`) : [])
  return state
}

/** Sends a script through the engine's own client. */
const pipe = (database: TestDatabase, script: string): void => {
  const { spec } = database
  const [command, args, env] =
    spec.dialect === 'sqlite'
      ? ['sqlite3', ['-bail', spec.storage], {}]
      : spec.dialect === 'postgres'
        ? [
            'psql',
            [
              '-X',
              '-q',
              '-v',
              'ON_ERROR_STOP=1',
              '-h',
              spec.host,
              '-p',
              String(spec.port),
              '-U',
              spec.username,
              spec.database,
            ],
            { PGPASSWORD: spec.password },
          ]
        : [
            'mariadb',
            [
              `--host=${spec.host}`,
              `--port=${spec.port}`,
              `--user=${spec.username}`,
              '--default-character-set=utf8mb4',
              spec.database,
            ],
            { MYSQL_PWD: spec.password },
          ]
  const { status, stderr, error } = spawnSync(command, args, {
    input: script,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', ...env },
  })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${command} exited with ${status}: ${stderr}`)
}

const client = (engine: Engine): string =>
  ({ sqlite: 'sqlite3', postgres: 'psql', mysql: 'mariadb' })[engine.dialect]

const hasClient = (engine: Engine): boolean => {
  if (process.env['CI'] === 'true') return true
  const { error } = spawnSync(client(engine), ['--version'])
  return error === undefined
}

describeEngines(
  'a script',
  (engine) => {
    test.skipIf(!hasClient(engine))(
      `through ${client(engine)} gives the schema and the version rows that running gives, up and down`,
      () =>
        withDatabase(engine, (scripted) =>
          withDatabase(engine, async (run) => {
            const offline = migratorOf(engine, scripted.connect())
            const online = migratorOf(engine, run.connect())
            const compare = async (): Promise<void> => {
              const [one, other] = [scripted.connect(), run.connect()]
              const expected = await stateOf(engine, other)
              expect(await stateOf(engine, one)).toEqual(expected)
            }
            pipe(scripted, await offline.sql())
            await online.upgrade()
            await compare()
            expect((await offline.current()).map(({ revision }) => revision)).toEqual(['8c1d0a5be2f7'])
            expect(await offline.pending()).toEqual([])

            pipe(scripted, await offline.sql({ from: 'head', to: '51b0c3d9a7e4' }))
            await online.downgrade('-1')
            await compare()
            pipe(scripted, await offline.sql({ from: '51b0c3d9a7e4', to: '8c1d0a5be2f7' }))
            await online.upgrade('+1')
            await compare()
            pipe(scripted, await offline.sql({ from: 'head', to: 'base' }))
            await online.downgrade('base')
            await compare()
          }),
        ),
    )

    test('a step that reads is refused, and named; nothing is asked of the database', () =>
      withDatabase(engine, async (database) => {
        let statements = 0
        const sequelize = database.connect({
          logging: () => {
            statements += 1
          },
        })
        const reading = revisionOf('aaaa1', null, async ({ context: op }) => {
          await op.sequelize.query('CREATE TABLE a (x INTEGER)')
          await op.sequelize.query('SELECT x FROM a')
        })
        const migrator = createMigrator({ sequelize, baseline: false, migrations: [reading] })
        const error = await failure(migrator.sql())
        expect(error).toMatchObject({ code: 'OFFLINE_READ', revision: 'aaaa1', revisions: ['aaaa1'] })
        expect(error.message).toContain('"SELECT x FROM a"')
        expect(await failure(migrator.sql({ from: 'nosuch' }))).toMatchObject({ code: 'UNKNOWN_REVISION' })
        expect(await failure(migrator.sql({ to: 'nosuch' }))).toMatchObject({ code: 'UNKNOWN_REVISION' })
        expect(await migrator.sql({ from: 'head' })).toBe('-- Nothing to do.\n')
        expect(statements).toBe(0)
      }))

    test.skipIf(!hasClient(engine))(
      'rows of models are written with their values, and what is taken back is left out',
      () =>
        withDatabase(engine, (scripted) =>
          withDatabase(engine, async (run) => {
            const migratorWith = (database: TestDatabase) => {
              const sequelize = database.connect()
              const { DataTypes } = sequelize.constructor as unknown as typeof import('sequelize')
              const columns = {
                id: { type: DataTypes.INTEGER, primaryKey: true },
                title: { type: DataTypes.STRING },
                at: { type: DataTypes.DATE(3) },
                done: { type: DataTypes.BOOLEAN },
                bytes: { type: DataTypes.BLOB },
                more: { type: DataTypes.JSON },
              }
              const Entry = sequelize.define('entry', columns, {
                tableName: 'odd; entries',
                timestamps: false,
              })
              const writing = revisionOf('aaaa1', null, async ({ context: op }) => {
                await op.createTable('odd; entries', columns)
                await Entry.create({
                  ...{
                    id: 1,
                    title: "it's $1; :title ? \\",
                    at: new Date('2026-03-01T10:00:00.123Z'),
                    done: true,
                  },
                  ...{ bytes: Buffer.from([0, 39, 255]), more: { "it's": ['$2', null, 1.5] } },
                })
                await Entry.create({ id: 2, title: null, done: false })
                await Entry.update({ title: '$1 and $2' }, { where: { id: 2 } })
                await op.sequelize
                  .transaction(async (transaction) => {
                    await Entry.create({ id: 3 }, { transaction })
                    throw new Error('taken back')
                  })
                  .catch(() => {})
                const kept = await op.sequelize.transaction()
                await Entry.create({ id: 4 }, { transaction: kept })
                await kept.commit()
                await op.sequelize.query(
                  'UPDATE '.concat(
                    quotedAs(engine, 'odd; entries'),
                    ' SET title = 4 WHERE id = 4 -- the last',
                  ),
                )
              })
              return {
                sequelize,
                migrator: createMigrator({ sequelize, baseline: false, migrations: [writing] }),
              }
            }
            const offline = migratorWith(scripted)
            const online = migratorWith(run)
            pipe(scripted, await offline.migrator.sql())
            await online.migrator.upgrade()
            const rows = `SELECT * FROM ${quotedAs(engine, 'odd; entries')} ORDER BY id`
            const expected = await rowsOf(online.sequelize, rows)
            expect(expected.map((row) => row['id'])).toEqual([1, 2, 4])
            expect(await rowsOf(offline.sequelize, rows)).toEqual(expected)
            expect(await offline.migrator.pending()).toEqual([])
          }),
        ),
    )

    test('what the database would give to a row is not made up', () =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        const Deck = sequelize.define('deck', {}, { timestamps: false })
        const using = revisionOf('aaaa1', null, async ({ context: op }) => {
          const deck = await Deck.create()
          await op.bulkInsert('cards', [{ deck: deck.get('id') }])
        })
        const migrator = createMigrator({ sequelize, baseline: false, migrations: [using] })
        for (const refused of [failure(migrator.sql()), failure(migrator.plan())])
          expect(await refused).toMatchObject({ code: 'OFFLINE_READ', revision: 'aaaa1' })
      }))

    test('what a statement has changed is not made up: it can be taken, and not looked at', () =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        const { DataTypes } = sequelize.constructor as unknown as typeof import('sequelize')
        const Card = sequelize.define(
          'card',
          { title: DataTypes.STRING },
          { timestamps: false, version: true },
        )
        await sequelize.query('CREATE TABLE words (x INTEGER)')
        type Step = Parameters<typeof revisionOf>[2]
        const migratorWith = (step: Step) =>
          createMigrator({ sequelize, baseline: false, migrations: [revisionOf('aaaa1', null, step)] })

        const untouched: Step = async ({ context: op }) => {
          const changed = await op.bulkUpdate('words', { x: 1 }, { x: 2 })
          const inserted = await op.bulkInsert('words', [{ x: 1 }])
          const [rows, said] = await op.sequelize.query('UPDATE words SET x = 4')
          const [counts] = await Promise.all([op.bulkDelete('words', { x: 3 })])
          const [affected] = await Card.update({ title: 'b' }, { where: { id: 1 } })
          await Card.destroy({ where: { id: 1 } })
          await Card.create({ id: 1, title: 'a' })
          await Card.bulkCreate([{ id: 2 }, { id: 3 }])
          await Card.increment('id', { where: { id: 9 } })
          expect([changed, inserted, rows, said, counts, affected]).toHaveLength(6)
        }
        const script = await migratorWith(untouched).sql()
        expect(script.match(/^(?:INSERT INTO|UPDATE|DELETE FROM) .*(?:words|cards)/gmu)).toHaveLength(9)
        expect((await migratorWith(untouched).plan()).steps[0]?.statements).toHaveLength(9)

        const looks: readonly Step[] = [
          async ({ context: op }) => {
            if (((await op.bulkUpdate('words', { x: 1 }, {})) as unknown as number) > 0)
              await op.bulkDelete('words', {})
          },
          async ({ context: op }) => {
            const [, said] = await op.sequelize.query('UPDATE words SET x = 4')
            if ((said as { rowCount?: number }).rowCount === 0) await op.bulkDelete('words', {})
          },
          async ({ context: op }) => {
            const [rows] = await op.sequelize.query('DELETE FROM words')
            for (const row of rows) await op.bulkInsert('words', [row as object])
          },
          async ({ context: op }) => {
            const { length } = (await op.bulkDelete('words', {})) as unknown as readonly object[]
            const [first] = (await op.bulkInsert('words', [{ x: length }])) as unknown as readonly number[]
            await op.bulkInsert('words', [{ x: first ?? 0 }])
          },
          async () => {
            const [affected] = await Card.update({ title: 'b' }, { where: { id: 1 } })
            await Card.create({ id: 7, title: `${affected} were changed` })
          },
          async () => {
            await Card.create({ id: (await Card.destroy({ where: {} })) + 1 })
          },
          async ({ context: op }) => {
            await op.bulkInsert('words', [{ x: await op.bulkUpdate('words', { x: 1 }, {}) }])
          },
          async ({ context: op }) => {
            JSON.stringify(await op.bulkUpdate('words', { x: 1 }, {}))
          },
          async ({ context: op }) => {
            inspect(await op.bulkUpdate('words', { x: 1 }, {}))
          },
        ]
        for (const [index, step] of looks.entries()) {
          for (const refused of [failure(migratorWith(step).sql()), failure(migratorWith(step).plan())]) {
            const error = await refused
            expect([index, error]).toMatchObject([index, { code: 'OFFLINE_READ', revision: 'aaaa1' }])
            expect(error.message).toContain('it uses what a statement answers that writes')
          }
        }
      }))

    test('a plan sends nothing that writes, whatever it is called', () =>
      withDatabase(engine, async (database) => {
        const sent: string[] = []
        const sequelize = database.connect({ logging: (text) => void sent.push(text) })
        await sequelize.query('CREATE TABLE a (x INTEGER)')
        await sequelize.query('INSERT INTO a VALUES (1)')
        const type = 'SELECT' as QueryTypes.SELECT
        const planOf = (sql: string, options: { type?: QueryTypes.SELECT } = {}) => {
          const step = revisionOf('aaaa1', null, async ({ context: op }) => {
            await op.sequelize.query(sql, options as object)
          })
          return createMigrator({ sequelize, baseline: false, migrations: [step] }).plan()
        }
        const refused = [
          'UPDATE a SET x = 2 RETURNING x',
          'DELETE FROM a',
          'WITH b AS (SELECT 1) DELETE FROM a',
        ]
        for (const sql of refused)
          expect(await failure(planOf(sql, { type }))).toMatchObject({ code: 'OFFLINE_READ' })
        expect(await failure(planOf('INSERT INTO a VALUES (2) RETURNING x'))).toMatchObject({
          code: 'OFFLINE_READ',
        })
        const noted = [
          ...['SELECT 1; DELETE FROM a', 'SELECT 1 AS x INTO b', 'EXPLAIN ANALYZE DELETE FROM a'],
          ...['PRAGMA user_version(7)', 'PRAGMA foreign_keys(0)', '/*! DELETE FROM a */'],
          ...["SELECT setval('s', 3)", "SELECT pg_catalog.set_config('search_path', '', false)"],
        ]
        for (const sql of noted) expect((await planOf(sql)).steps[0]?.statements).toEqual([sql])
        const before = sent.length
        const reads = [
          'SELECT x FROM a FOR UPDATE',
          '(SELECT x FROM a)',
          "SELECT replace('INTO', 'I', 'x') FROM a",
        ]
        for (const sql of engine.dialect === 'sqlite' ? reads.slice(2) : reads)
          expect((await planOf(sql, { type })).steps[0]?.statements).toEqual([])
        expect(sent.length).toBeGreaterThan(before)
        expect(
          // The review reflects the database, with settings of its own and columns of these names.
          sent.filter((text) =>
            /setval|set_config\('search_path', ''|DELETE FROM|RETURNING|PRAGMA (?:user|foreign)/u.test(text),
          ),
        ).toEqual([])
        expect(await rowsOf(sequelize, 'SELECT x FROM a')).toEqual([{ x: 1 }])
      }))

    test('a step that ends its own transaction is refused in a script as it is in a run', () =>
      withDatabase(engine, async (database) => {
        const ending = revisionOf('aaaa1', null, async ({ context: op }) => {
          await op.sequelize.query('COMMIT')
        })
        const migrator = createMigrator({
          sequelize: database.connect(),
          baseline: false,
          migrations: [ending],
        })
        if (engine.dialect === 'mysql') expect(await migrator.sql()).toContain('COMMIT;')
        else expect(await failure(migrator.sql())).toMatchObject({ code: 'TRANSACTION_CONTROL' })
      }))
  },
  (engine) => engine.isShared,
)
