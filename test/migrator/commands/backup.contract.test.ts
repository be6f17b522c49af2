import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DataTypes, Sequelize } from 'sequelize'
import { createMigrator, StepError } from 'sm2kit/migrator'
import { describe, expect, test } from 'vitest'
import { describeEngines, engines, type TestDatabase, withDatabase } from '../../support/engines/index.js'
import { failure, folderOf, revisionOf, rowsOf, tablesOf } from '../support.js'

const createWords = revisionOf('words', null, async ({ context: op }) => {
  await op.createTable('words', {
    id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true, allowNull: false },
    text: { type: DataTypes.STRING(80) },
  })
})

const TEXTS = ["it's", 'a "quoted" one', 'back\\slash; and $1', 'ß 語 😀', '']

const withWords = async (sequelize: Sequelize): Promise<ReturnType<typeof createMigrator>> => {
  const migrator = createMigrator({ sequelize, baseline: false, migrations: [createWords] })
  await migrator.up()
  await sequelize.getQueryInterface().bulkInsert(
    'words',
    TEXTS.map((text) => ({ text })),
  )
  return migrator
}

const textsOf = async (sequelize: Sequelize): Promise<readonly unknown[]> =>
  (await rowsOf(sequelize, 'SELECT text FROM words ORDER BY id')).map(({ text }) => text)

/**
 * What was there at the backup comes back, and what was made later goes.
 *
 * @param making - Statements for objects whose names end so; a view called `view_…` is among them.
 * @param facts - What of them the database has.
 */
const expectToComeBack = async (
  sequelize: Sequelize,
  migrator: ReturnType<typeof createMigrator>,
  making: (suffix: string) => readonly string[],
  facts: () => Promise<unknown>,
): Promise<void> => {
  for (const sql of making('a')) await sequelize.query(sql)
  const before = await facts()
  const { path } = await migrator.backup({ to: folderOf({}) })
  for (const sql of making('b')) await sequelize.query(sql)
  await sequelize.query('DROP VIEW view_a')
  expect(await facts()).not.toEqual(before)
  await migrator.restore(path)
  expect(await facts()).toEqual(before)
  expect(await textsOf(sequelize)).toEqual(TEXTS)
}

/** PostgreSQL 18 comes from npm, without pg_dump; what the system has is older than it. */
const hasTool = (name: string): boolean => name !== 'sqlite-memory' && name !== 'postgres18'

describeEngines(
  'a backup',
  (engine) => {
    test('holds every row, and brings every row back', () =>
      withDatabase(engine, async (database) => {
        const folder = folderOf({})
        const sequelize = database.connect()
        const migrator = await withWords(sequelize)
        const saved = await migrator.backup({ to: join(folder, 'new', 'folder') })
        expect(saved).toMatchObject({ verified: true, brokenKeys: 0 })
        expect(saved.bytes).toBe(statSync(saved.path).size)
        expect(saved.bytes).toBeGreaterThan(0)
        expect(statSync(saved.path).mode & 0o777).toBe(0o600)
        expect(statSync(join(folder, 'new', 'folder')).mode & 0o777).toBe(0o700)
        expect(readdirSync(join(folder, 'new', 'folder'))).toHaveLength(1)

        await sequelize.query("UPDATE words SET text = 'gone'")
        await sequelize.query('CREATE TABLE later (id INTEGER)')
        await sequelize.query('CREATE VIEW seen_later AS SELECT * FROM later')
        await createMigrator({
          sequelize,
          baseline: false,
          migrations: [
            createWords,
            revisionOf('more', 'words', async ({ context: op }) => {
              await op.addColumn('words', 'more', { type: DataTypes.INTEGER })
            }),
          ],
        }).up()

        expect(await migrator.restore(saved.path)).toMatchObject({ path: saved.path })
        expect(await textsOf(sequelize)).toEqual(TEXTS)
        expect((await tablesOf(sequelize)).filter((name) => !name.startsWith('sm2'))).toEqual(['words'])
        expect(Object.keys(await sequelize.getQueryInterface().describeTable('words'))).toEqual([
          'id',
          'text',
        ])
        expect((await migrator.executed()).map(({ name }) => name)).toEqual(['words'])
        // It can be used as before, counter included.
        await sequelize.getQueryInterface().bulkInsert('words', [{ text: 'next' }])
        expect(await textsOf(sequelize)).toEqual([...TEXTS, 'next'])
      }))

    test('made before an upgrade takes back what a failed one has left', () =>
      withDatabase(engine, async (database) => {
        const folder = folderOf({})
        const sequelize = database.connect()
        await withWords(sequelize)
        const broken = revisionOf('broken', 'words', async ({ context: op }) => {
          await op.createTable('half', { id: { type: DataTypes.INTEGER, primaryKey: true } })
          throw new Error('and no further')
        })
        const migrator = createMigrator({ sequelize, baseline: false, migrations: [createWords, broken] })
        expect((await migrator.upgrade('words', { backup: { to: folder } })).backup).toBeUndefined()
        expect(readdirSync(folder)).toEqual([])

        const error = await failure(migrator.upgrade('head', { backup: { to: folder } }))
        expect(error).toBeInstanceOf(StepError)
        const [name = ''] = readdirSync(folder)
        expect(error.message).toContain(`A backup was made before the run`)
        expect(error.message).toContain(name)
        expect(error.message).not.toContain(folder)
        expect(error).toMatchObject({ code: 'STEP_FAILED', backup: join(folder, name) })
        expect(await tablesOf(sequelize)).toEqual(
          engine.dialect === 'mysql'
            ? expect.arrayContaining(['half', 'words'])
            : expect.not.arrayContaining(['half']),
        )
        await migrator.restore(join(folder, name))
        expect(await tablesOf(sequelize)).not.toContain('half')
        expect(await textsOf(sequelize)).toEqual(TEXTS)
        expect((await migrator.pending()).map((one) => one.name)).toEqual(['broken'])
      }))

    test('never takes the place of a file, nor follows a link', () =>
      withDatabase(engine, async (database) => {
        const folder = folderOf({ 'here.bak': 'mine' })
        const migrator = await withWords(database.connect())
        symlinkSync(join(folder, 'elsewhere'), join(folder, 'link.bak'))
        for (const name of ['here.bak', 'link.bak']) {
          const error = await failure(migrator.backup({ to: join(folder, name) }))
          expect(error).toMatchObject({ code: 'FILE_EXISTS', subject: name })
          expect(error.message).not.toContain(folder)
        }
        expect(readFileSync(join(folder, 'here.bak'), 'utf8')).toBe('mine')
        expect(existsSync(join(folder, 'elsewhere'))).toBe(false)
        expect((await migrator.backup({ to: join(folder, 'there.bak') })).path).toBe(
          join(folder, 'there.bak'),
        )
        expect(readdirSync(folder).sort()).toEqual(['here.bak', 'link.bak', 'there.bak'])
      }))

    test('that is cut off, or none at all, is refused and changes nothing', () =>
      withDatabase(engine, async (database) => {
        const folder = folderOf({ 'none.bak': 'not a backup at all\n'.repeat(500), 'empty.bak': '' })
        const sequelize = database.connect()
        const migrator = await withWords(sequelize)
        const { path } = await migrator.backup({ to: folder })
        const whole = readFileSync(path)
        writeFileSync(join(folder, 'cut.bak'), whole.subarray(0, Math.floor(whole.length * 0.6)))
        for (const name of ['none.bak', 'empty.bak', 'cut.bak', 'missing.bak', '.']) {
          const error = await failure(migrator.restore(join(folder, name)))
          expect([name, error.code, error.message.includes(folder)]).toEqual([name, 'NOT_A_BACKUP', false])
        }
        expect(await textsOf(sequelize)).toEqual(TEXTS)
      }))

    test('removes what a dead process has left of one, and nothing else', () =>
      withDatabase(engine, async (database) => {
        const dead = `.sm2kit-${'0'.repeat(12)}-0-0-${'a'.repeat(16)}.partial`
        const living = `.sm2kit-${'0'.repeat(12)}-0-0-${'b'.repeat(16)}.partial`
        const folder = folderOf({ [dead]: '', [living]: '', '.sm2kit-notes.partial': '', 'a.partial': '' })
        const { utimesSync } = await import('node:fs')
        utimesSync(join(folder, dead), new Date(0), new Date(0))
        const migrator = await withWords(database.connect())
        await migrator.backup({ to: join(folder, 'b.bak') })
        expect(readdirSync(folder).sort()).toEqual(
          [living, '.sm2kit-notes.partial', 'a.partial', 'b.bak'].sort(),
        )
      }))
  },
  ({ name }) => hasTool(name),
)

describe('a database that has no backup', () => {
  const memory = engines.find(({ name }) => name === 'sqlite-memory')
  test('in memory says so', async () => {
    if (memory === undefined) throw new Error('SQLite is always there')
    await withDatabase(memory, async (database) => {
      const folder = folderOf({})
      const migrator = await withWords(database.connect())
      expect(await failure(migrator.backup({ to: folder }))).toMatchObject({ code: 'UNSUPPORTED_STORAGE' })
      writeFileSync(join(folder, 'x'), 'x')
      expect(await failure(migrator.restore(join(folder, 'x')))).toMatchObject({
        code: 'UNSUPPORTED_STORAGE',
      })
      expect(readdirSync(folder)).toEqual(['x'])
    })
  })
})

describeEngines(
  'on SQLite',
  (engine) => {
    const given = (use: (database: TestDatabase, folder: string) => Promise<void>): Promise<void> =>
      withDatabase(engine, (database) => use(database, folderOf({})))

    test('a backup is of one moment while others write, in a write-ahead log too', () =>
      given(async (database, folder) => {
        const sequelize = database.connect()
        await sequelize.query('PRAGMA journal_mode = WAL')
        const migrator = await withWords(sequelize)
        const other = database.connect()
        let writes = 0
        let stop = false
        // Two rows at a time, so that half of a transaction would be an odd number.
        const writing = (async () => {
          while (!stop) {
            await other.query("INSERT INTO words (text) VALUES ('x'), ('y')")
            writes += 1
          }
        })()
        await expect.poll(() => writes).toBeGreaterThan(5)
        const before = writes
        const saved = await migrator.backup({ to: folder })
        stop = true
        await writing
        const copy = new Sequelize({ dialect: 'sqlite', storage: saved.path, logging: false })
        const [row] = await rowsOf(copy, "SELECT count(*) AS n FROM words WHERE text IN ('x', 'y')")
        await copy.close()
        expect(Number(row?.['n']) % 2).toBe(0)
        expect(Number(row?.['n'])).toBeGreaterThanOrEqual(2 * before)
        expect(Number(row?.['n'])).toBeLessThanOrEqual(2 * writes)

        await migrator.restore(saved.path)
        expect(await rowsOf(other, "SELECT count(*) AS n FROM words WHERE text IN ('x', 'y')")).toEqual([row])
        expect(await rowsOf(sequelize, 'PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }])
        expect(await rowsOf(other, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
      }))

    test('a restore waits for whoever writes, and gives up in time', () =>
      given(async (database, folder) => {
        const sequelize = database.connect()
        const { path } = await (await withWords(sequelize)).backup({ to: folder })
        const other = database.connect()
        await other.query("UPDATE words SET text = 'changed'")
        const transaction = await other.transaction()
        await other.query("UPDATE words SET text = 'open'", { transaction })
        const hasty = createMigrator({
          sequelize,
          baseline: false,
          migrations: [createWords],
          lock: { timeoutMs: 100 },
        })
        expect(await failure(hasty.restore(path))).toMatchObject({ code: 'LOCK_TIMEOUT' })
        await transaction.rollback()
        expect(new Set(await textsOf(sequelize))).toEqual(new Set(['changed']))
        await hasty.restore(path)
        expect(await textsOf(other)).toEqual(TEXTS)
      }))

    test('says how many rows refer to nothing, and refuses the database itself as its backup', () =>
      given(async (database, folder) => {
        const sequelize = database.connect({ foreignKeys: false } as object)
        const migrator = await withWords(sequelize)
        await sequelize.query('CREATE TABLE notes (word INTEGER REFERENCES words (id))')
        await sequelize.query('INSERT INTO notes VALUES (77), (78), (1)')
        expect(await migrator.backup({ to: folder })).toMatchObject({ verified: true, brokenKeys: 2 })
        const { storage } = database.spec as { readonly storage: string }
        expect(await failure(migrator.restore(storage))).toMatchObject({ code: 'NOT_A_BACKUP' })
      }))

    test('a folder that cannot be made is named', () =>
      given(async (database, folder) => {
        mkdirSync(join(folder, 'in'))
        writeFileSync(join(folder, 'in', 'way'), '')
        const migrator = await withWords(database.connect())
        const error = await failure(migrator.backup({ to: join(folder, 'in', 'way', 'below') }))
        expect(error.code).toBe('FOLDER_NOT_WRITABLE')
        expect(error.message).not.toContain(folder)
      }))
  },
  ({ name }) => name === 'sqlite',
)

describeEngines(
  'on PostgreSQL',
  (engine) => {
    const isOld = engine.name !== 'postgres18'
    test(
      isOld
        ? 'types, routines, triggers, schemas and views come back, and later ones go'
        : 'a server newer than pg_dump is refused',
      () =>
        withDatabase(engine, async (database) => {
          const sequelize = database.connect()
          const migrator = await withWords(sequelize)
          if (!isOld) {
            const folder = folderOf({})
            const error = await failure(migrator.backup({ to: folder }))
            expect(error.code).toBe('NO_BACKUP_TOOL')
            expect(error.message).toMatch(/^The server is PostgreSQL 18, and pg_dump must be .* Install /u)
            expect(readdirSync(folder)).toEqual([])
            return
          }
          const facts = async (): Promise<unknown> =>
            rowsOf(
              sequelize,
              `SELECT 'relation' AS kind, c.oid::regclass::text AS name FROM pg_class c WHERE relnamespace::regnamespace::text !~ '^(pg_|information)' AND relkind IN ('r', 'v', 'S')
             UNION ALL SELECT 'type', oid::regtype::text FROM pg_type WHERE typtype IN ('e', 'd') AND oid > 16383
             UNION ALL SELECT 'routine', proname FROM pg_proc WHERE oid > 16383
             UNION ALL SELECT 'trigger', tgname FROM pg_trigger WHERE oid > 16383
             UNION ALL SELECT 'schema', nspname FROM pg_namespace WHERE oid > 16383 AND nspname !~ '^pg_'
             ORDER BY 1, 2`,
            )
          const making = (suffix: string): readonly string[] => [
            `CREATE SCHEMA "app ${suffix}"`,
            `CREATE TYPE "app ${suffix}".mood AS ENUM ('good', 'bad')`,
            `CREATE TABLE "app ${suffix}"."it's" (id serial PRIMARY KEY, mood "app ${suffix}".mood DEFAULT 'bad')`,
            `CREATE FUNCTION count_${suffix}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$`,
            `CREATE TRIGGER count_${suffix} BEFORE INSERT ON words FOR EACH ROW EXECUTE FUNCTION count_${suffix}()`,
            `CREATE VIEW view_${suffix} AS SELECT * FROM words`,
            `CREATE DOMAIN short_${suffix} AS text CHECK (length(VALUE) < 9)`,
          ]
          await expectToComeBack(sequelize, migrator, making, facts)
        }),
    )
  },
  ({ dialect }) => dialect === 'postgres',
)

describeEngines(
  'on MariaDB',
  (engine) => {
    test('views, triggers, routines, events and sequences come back, and later ones go', () =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        const migrator = await withWords(sequelize)
        const facts = async (): Promise<unknown> =>
          rowsOf(
            sequelize,
            `SELECT TABLE_TYPE AS kind, TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()
             UNION ALL SELECT ROUTINE_TYPE, ROUTINE_NAME FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()
             UNION ALL SELECT 'EVENT', EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE()
             UNION ALL SELECT 'TRIGGER', TRIGGER_NAME FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()
             ORDER BY 1, 2`,
          )
        const making = (suffix: string): readonly string[] => [
          `CREATE TABLE \`it's ${suffix}\` (id INT PRIMARY KEY, word INT, FOREIGN KEY (word) REFERENCES words (id))`,
          `CREATE VIEW view_${suffix} AS SELECT * FROM words`,
          `CREATE TRIGGER trigger_${suffix} BEFORE INSERT ON words FOR EACH ROW BEGIN SET NEW.text = NEW.text; END`,
          `CREATE PROCEDURE procedure_${suffix}() BEGIN SELECT 1; SELECT 2; END`,
          `CREATE EVENT event_${suffix} ON SCHEDULE EVERY 1 YEAR DO SELECT 1`,
          `CREATE SEQUENCE sequence_${suffix}`,
        ]
        await expectToComeBack(sequelize, migrator, making, facts)
      }))
  },
  ({ dialect }) => dialect === 'mysql',
)

test('options that backup does not know, or that say nothing, are refused', async () => {
  const migrator = createMigrator({ sequelize: new Sequelize('sqlite::memory:', { logging: false }) })
  const given = { folder: 'x' } as object
  expect(await failure(migrator.backup(given))).toMatchObject({ code: 'UNKNOWN_OPTION', subject: 'folder' })
  expect(await failure(migrator.backup({ to: '' }))).toMatchObject({ code: 'INVALID_OPTION', subject: 'to' })
  expect(await failure(migrator.restore(''))).toMatchObject({ code: 'INVALID_OPTION', subject: 'path' })
})
