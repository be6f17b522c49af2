import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { DataTypes, type Sequelize } from 'sequelize'
import { type CopyingEvent, createMigrator, reflect } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { connectSpec } from '../../support/engines/database.js'
import { describeNewest, type TestDatabase, withDatabase } from '../../support/engines/index.js'
import { revisionOf, rowsOf } from '../support.js'
import { copiesOf } from './copies.js'

const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  sqlite: [
    'CREATE TRIGGER loud AFTER INSERT ON notes BEGIN UPDATE notes SET text = upper(text) WHERE id = NEW.id; END',
  ],
  postgres: [
    'CREATE SEQUENCE numbers START 7',
    "SELECT nextval('numbers'), nextval('numbers')",
    'CREATE FUNCTION louder() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.text := upper(NEW.text); RETURN NEW; END $$',
    'CREATE TRIGGER loud BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION louder()',
  ],
  mysql: [
    'CREATE FUNCTION louder(t VARCHAR(80)) RETURNS VARCHAR(80) DETERMINISTIC RETURN upper(t)',
    'CREATE TRIGGER loud BEFORE INSERT ON notes FOR EACH ROW SET NEW.text = louder(NEW.text)',
  ],
}

/** Tables that refer to each other, rows of awkward values, a computed column, a view, a trigger. */
const fill = async (sequelize: Sequelize, dialect: string): Promise<void> => {
  const id = { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true }
  const queryInterface = sequelize.getQueryInterface()
  await queryInterface.createTable('words', {
    id,
    text: { type: DataTypes.STRING(80), unique: true },
    kind: { type: DataTypes.ENUM('noun', 'verb') },
    data: { type: DataTypes.BLOB },
    at: { type: DataTypes.DATE },
  })
  await queryInterface.createTable('notes', {
    id,
    text: { type: DataTypes.STRING(80) },
    wordId: { type: DataTypes.INTEGER, references: { model: 'words', key: 'id' } },
  })
  const words = ["it's", 'a "b" \\ c', 'é ß 漢', ':name ? $1', ''].map((text, index) => ({
    id: index + 10,
    text,
    kind: index % 2 === 0 ? 'noun' : null,
    data: index === 0 ? Buffer.from([0, 255, 39, 92]) : null,
    at: index === 1 ? new Date('2026-03-29T01:30:00.123Z') : null,
  }))
  await queryInterface.bulkInsert('words', words)
  await queryInterface.bulkInsert(
    'notes',
    words.map((word) => ({ text: word.text, wordId: word.id })).reverse(),
  )
  const q = (name: string): string => queryInterface.quoteIdentifier(name, true)
  if (dialect !== 'sqlite')
    await sequelize.query(
      'ALTER TABLE words ADD twice INTEGER GENERATED ALWAYS AS (char_length(text) * 2) STORED',
    )
  await sequelize.query(
    `CREATE VIEW named AS SELECT n.id, w.text FROM notes n JOIN words w ON w.id = n.${q('wordId')}`,
  )
  for (const sql of PROGRAMS[dialect] ?? []) await sequelize.query(sql)
}

/** The copy that a rehearsal has kept, for a while. */
const withKept = async (
  database: TestDatabase,
  copy: string | null,
  use: (copy: Sequelize) => Promise<void>,
): Promise<void> => {
  const { spec } = database
  if (copy === null) throw new Error('no copy was kept')
  const kept = connectSpec(
    spec.dialect === 'sqlite' ? { ...spec, storage: copy } : { ...spec, database: copy },
  )
  try {
    await use(kept)
  } finally {
    await kept.close()
    if (spec.dialect === 'sqlite') rmSync(dirname(copy), { recursive: true })
    else await database.connect().query(`DROP DATABASE ${copy}`)
  }
}

describeNewest(
  'the copy of a rehearsal',
  (engine) => {
    test('is what the database is: tables, rows, views, triggers, numbers', () =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        await fill(sequelize, engine.dialect)
        const nothing = revisionOf('nothing', null)
        const migrator = createMigrator({ sequelize, baseline: false, migrations: [nothing] })
        const rehearsal = await migrator.rehearse('head', { keep: true })
        expect(rehearsal.problems).toEqual([])
        expect(rehearsal.notes).toEqual([])
        await withKept(database, rehearsal.copy, async (copy) => {
          expect(await reflect(copy)).toEqual(await reflect(sequelize))
          for (const table of ['words', 'notes', 'named']) {
            const sql = `SELECT * FROM ${table} ORDER BY id`
            const rows = await rowsOf(copy, sql)
            expect(rows).toHaveLength(5)
            expect(rows).toEqual(await rowsOf(sequelize, sql))
          }
          const next = { text: 'quiet', wordId: 10 }
          for (const instance of [copy, sequelize]) {
            await instance.getQueryInterface().bulkInsert('notes', [next])
            const [row] = await rowsOf(instance, 'SELECT id, text FROM notes ORDER BY id DESC LIMIT 1')
            expect(row).toEqual({ id: 6, text: 'QUIET' })
            if (engine.dialect === 'postgres')
              expect(await rowsOf(instance, "SELECT nextval('numbers') AS n")).toEqual([{ n: '9' }])
          }
        })
      }))

    test('has some of the rows only, and none that refers to what is not there', () =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        await fill(sequelize, engine.dialect)
        const migrator = createMigrator({
          sequelize,
          baseline: false,
          migrations: [revisionOf('nothing', null)],
        })
        const told: CopyingEvent[] = []
        migrator.on('copying', (event) => told.push(event))
        const rehearsal = await migrator.rehearse('head', { rows: 3 })
        expect(rehearsal).toMatchObject({ ok: true })
        const total = told[0]?.totalBytes
        expect(total).toBeGreaterThan(4_000)
        expect(told[0]).toMatchObject({ bytes: 0, elapsedMs: expect.any(Number) })
        expect(told.at(-1)).toMatchObject({ bytes: total, totalBytes: total })
        const isAll = engine.dialect === 'sqlite'
        const counts = new Map(rehearsal.steps[0]?.rows.map(({ table, before }) => [table, before]))
        expect(counts.get('words')).toBe(isAll ? 5 : 3)
        // The notes come in the opposite order.
        expect(counts.get('notes')).toBe(isAll ? 5 : 1)
      }))

    test('is not made where a listener of its progress fails, and nothing of it stays', () =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        await fill(sequelize, engine.dialect)
        const before = await copiesOf(database)
        const migrator = createMigrator({
          sequelize,
          baseline: false,
          migrations: [revisionOf('nothing', null)],
        })
        migrator.on('copying', () => {
          throw new Error('no more')
        })
        await expect(migrator.rehearse('head')).rejects.toMatchObject({
          code: 'LISTENER_FAILED',
          message:
            'A listener of "copying" failed: no more. The copy was removed; the database was only read.',
        })
        expect(await copiesOf(database, before)).toEqual([])
      }))

    test('what a dead process has left is removed; what only looks like it, or is in use, is not', () =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        const migrator = createMigrator({
          sequelize,
          baseline: false,
          migrations: [revisionOf('nothing', null)],
        })
        const random = randomBytes(8).toString('hex')
        if (engine.dialect === 'sqlite') {
          const left = join(tmpdir(), `sm2kit_rehearsal_${random.slice(0, 6)}`)
          const other = join(tmpdir(), `sm2kit_rehearsal_of_${random}`)
          for (const folder of [left, other]) {
            mkdirSync(folder)
            for (const file of ['owner.sqlite', 'copy.sqlite']) writeFileSync(join(folder, file), '')
          }
          expect(await migrator.rehearse()).toMatchObject({ ok: true })
          expect([left, other].map((folder) => existsSync(folder))).toEqual([false, true])
          rmSync(other, { recursive: true })
          return
        }
        const names = [`sm2kit_rehearsal_${random}`, `sm2kit_rehearsal_of_${random}`]
        for (const name of names) await sequelize.query(`CREATE DATABASE ${name}`)
        expect(await migrator.rehearse()).toMatchObject({ ok: true })
        const sql =
          engine.dialect === 'postgres'
            ? 'SELECT datname AS name FROM pg_database'
            : 'SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA'
        const there = (await rowsOf(sequelize, sql)).map(({ name }) => name)
        expect(names.map((name) => there.includes(name))).toEqual([false, true])
        await sequelize.query(`DROP DATABASE ${names[1]}`)
      }))

    test('is not removed by another rehearsal while it is in use', () =>
      withDatabase(engine, async (database) => {
        const make = () =>
          createMigrator({
            sequelize: database.connect(),
            baseline: false,
            migrations: [revisionOf('nothing', null)],
          })
        let ran = 0
        const outer = createMigrator({
          sequelize: database.connect(),
          baseline: false,
          migrations: [
            revisionOf('waiting', null, async () => {
              ran += 1
              expect(await make().rehearse()).toMatchObject({ ok: true })
            }),
          ],
        })
        expect(await outer.rehearse()).toMatchObject({ ok: true })
        expect(ran).toBe(2)
      }))

    test('is named, where it is to stay, as no rehearsal would remove it', () =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        const migrator = createMigrator({
          sequelize,
          baseline: false,
          migrations: [revisionOf('nothing', null)],
        })
        const { copy } = await migrator.rehearse('head', { keep: true })
        expect(await migrator.rehearse()).toMatchObject({ copy: null })
        await withKept(database, copy, async (kept) => {
          const name = engine.dialect === 'sqlite' ? basename(dirname(String(copy))) : copy
          expect(name).toMatch(/^sm2kit_kept_/u)
          expect(
            await createMigrator({
              sequelize: kept,
              baseline: false,
              migrations: [revisionOf('nothing', null)],
            }).executed(),
          ).toHaveLength(1)
        })
      }))
  },
  ({ isShared }) => isShared,
)
