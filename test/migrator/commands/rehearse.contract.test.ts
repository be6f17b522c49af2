import { DataTypes, type Sequelize } from 'sequelize'
import { createMigrator, type Migration, type Migrator, type MigratorOptions, reflect } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { describeNewest, type TestDatabase, withDatabase } from '../../support/engines/index.js'
import { failure, revisionOf, rowsOf } from '../support.js'
import { copiesOf } from './copies.js'

const createWords = revisionOf(
  'words',
  null,
  async ({ context: op }) => {
    await op.createTable('words', {
      id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true, allowNull: false },
      text: { type: DataTypes.STRING(80) },
      rank: { type: DataTypes.INTEGER },
    })
  },
  { down: async ({ context: op }) => op.dropTable('words') },
)

interface Given {
  readonly sequelize: Sequelize
  readonly database: TestDatabase
  /** A migrator of `words` and one more revision. */
  migratorOf(up: Migration, down?: Migration, options?: Partial<MigratorOptions>): Migrator
}

describeNewest('rehearse', (engine) => {
  /** A database at `words`, with rows. */
  const given = (use: (given: Given) => Promise<void>): Promise<void> =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      await createMigrator({ sequelize, baseline: false, migrations: [createWords] }).up()
      await sequelize.query(
        "INSERT INTO words (text, rank) VALUES ('0123', 1), ('a longer text', NULL), ('0123', 3)",
      )
      const look = async () => [
        await reflect(sequelize),
        await rowsOf(sequelize, 'SELECT * FROM words ORDER BY id'),
        await rowsOf(sequelize, 'SELECT revision FROM sm2kit_revisions ORDER BY revision'),
      ]
      const before = await look()
      const copies = await copiesOf(database)
      await use({
        sequelize,
        database,
        migratorOf: (up, down = async () => {}, options = {}) =>
          createMigrator({
            sequelize,
            baseline: false,
            migrations: [createWords, revisionOf('more', 'words', up, { down })],
            ...options,
          }),
      })
      // Whatever was found: the database is what it was, and no copy is left.
      expect(await look()).toEqual(before)
      // Another test may be rehearsing on the same server.
      await expect.poll(() => copiesOf(database, copies), { timeout: 10_000 }).toEqual([])
    })

  test('an upgrade that nothing is wrong with', () =>
    given(async ({ sequelize, migratorOf }) => {
      sequelize.define(
        'word',
        { text: DataTypes.STRING(80), rank: DataTypes.INTEGER, stars: DataTypes.INTEGER },
        { timestamps: false },
      )
      const migrator = migratorOf(
        async ({ context: op }) => op.addColumn('words', 'stars', { type: DataTypes.INTEGER }),
        async ({ context: op }) => op.removeColumn('words', 'stars'),
      )
      const rehearsal = await migrator.rehearse()
      expect(rehearsal.problems).toEqual([])
      expect(rehearsal).toMatchObject({ ok: true, restored: true, matchesModels: true, copy: null })
      const rows = [{ table: 'words', before: 3, after: 3 }]
      expect(rehearsal.steps.map(({ durationMs: _, ...step }) => step)).toEqual([
        { revision: 'more', direction: 'up', rowsChanged: 0, rows },
        { revision: 'more', direction: 'down', rowsChanged: 0, rows },
        { revision: 'more', direction: 'up', rowsChanged: 0, rows },
      ])
      expect(rehearsal.notes.filter(({ kind }) => kind !== 'not-copied')).toEqual([])
      expect(await migrator.pending()).toMatchObject([{ name: 'more' }])
    }))

  test('a NOT NULL on a column with NULLs', () =>
    given(async ({ migratorOf }) => {
      const rehearsal = await migratorOf(async ({ context: op }) => {
        await op.changeColumn('words', 'rank', { type: DataTypes.INTEGER, allowNull: false })
      }).rehearse()
      expect(rehearsal).toMatchObject({
        ok: false,
        problems: [{ kind: 'up-failed', revision: 'more' }],
        restored: null,
        matchesModels: null,
      })
    }))

  test('a unique index on duplicates', () =>
    given(async ({ migratorOf }) => {
      const rehearsal = await migratorOf(async ({ context: op }) => {
        await op.addIndex('words', ['text'], { unique: true, name: 'words_text' })
      }).rehearse()
      expect(rehearsal).toMatchObject({ ok: false, problems: [{ kind: 'up-failed', revision: 'more' }] })
    }))

  test('a type that is too narrow for what is there', () =>
    given(async ({ migratorOf }) => {
      // SQLite refuses no value for its type; as a number it is another one, which no way back mends.
      const isLax = engine.dialect === 'sqlite'
      const change =
        (type: typeof DataTypes.INTEGER | ReturnType<typeof DataTypes.STRING>): Migration =>
        async ({ context: op }) => {
          await op.changeColumn('words', 'text', { type })
        }
      const rehearsal = await migratorOf(
        change(isLax ? DataTypes.INTEGER : DataTypes.STRING(5)),
        change(DataTypes.STRING(80)),
      ).rehearse()
      expect(rehearsal).toMatchObject({
        ok: false,
        problems: [isLax ? { kind: 'values-not-restored', revision: null } : { kind: 'up-failed' }],
      })
    }))

  test('a down that does not restore', () =>
    given(async ({ migratorOf }) => {
      const rehearsal = await migratorOf(
        async ({ context: op }) => op.removeColumn('words', 'rank'),
        async ({ context: op }) => op.addColumn('words', 'rank', { type: DataTypes.STRING(20) }),
      ).rehearse()
      expect(rehearsal).toMatchObject({ ok: false, restored: false })
      expect(rehearsal.problems).toMatchObject([
        {
          kind: 'not-restored',
          revision: 'more',
          message: expect.stringContaining('"words.rank" has another type'),
        },
      ])
    }))

  test('a down that leaves a table, which the second way up meets', () =>
    given(async ({ migratorOf }) => {
      const rehearsal = await migratorOf(async ({ context: op }) => {
        await op.createTable('notes', { id: { type: DataTypes.INTEGER, primaryKey: true } })
        await op.addColumn('notes', 'more', { type: DataTypes.INTEGER })
      }).rehearse()
      expect(rehearsal).toMatchObject({ ok: false, restored: false })
      expect(rehearsal.problems.map(({ kind }) => kind)).toEqual(['not-restored', 'not-repeatable'])
    }))

  test('a step that deletes rows, and rows that the way back does not take away', () =>
    given(async ({ migratorOf }) => {
      const deleting = await migratorOf(async ({ context: op }) => {
        await op.bulkDelete('words', { text: '0123' })
      }).rehearse()
      expect(deleting.ok).toBe(false)
      expect(deleting.problems).toMatchObject([
        {
          kind: 'rows-deleted',
          revision: 'more',
          message: expect.stringContaining('deletes 2 rows of 3 in "words"'),
        },
        { kind: 'rows-not-restored' },
      ])
      expect(deleting.steps[0]).toMatchObject({
        rows: [{ table: 'words', before: 3, after: 1 }],
        rowsChanged: 2,
      })
      const adding = await migratorOf(async ({ context: op }) => {
        await op.bulkInsert('words', [{ text: 'one more' }])
        await op.sequelize.query("UPDATE words SET text = 'changed' WHERE rank IS NOT NULL")
        await op.sequelize.query("UPDATE words SET text = '0123' WHERE rank IS NOT NULL")
      }).rehearse()
      expect(adding.steps[0]?.rowsChanged).toBe(5)
      expect(adding.problems).toMatchObject([{ kind: 'rows-not-restored' }])
    }))

  test('a table that is dropped is no problem, and is told', () =>
    given(async ({ migratorOf }) => {
      const rehearsal = await migratorOf(
        async ({ context: op }) => op.dropTable('words'),
        async (params) => createWords.up(params),
      ).rehearse()
      expect(rehearsal).toMatchObject({ ok: true, restored: true })
      expect(rehearsal.notes).toContainEqual({
        kind: 'table-dropped',
        revision: 'more',
        message: 'Revision more drops the table "words" with 3 rows.',
      })
      expect(rehearsal.steps.map(({ rows }) => rows)).toEqual([
        [{ table: 'words', before: 3, after: null }],
        [{ table: 'words', before: null, after: 0 }],
        [{ table: 'words', before: 0, after: null }],
      ])
    }))

  test('models that do not match at the end', () =>
    given(async ({ sequelize, migratorOf }) => {
      sequelize.define('word', { text: DataTypes.STRING(80), rank: DataTypes.INTEGER }, { timestamps: false })
      const rehearsal = await migratorOf(
        async ({ context: op }) => op.addColumn('words', 'stars', { type: DataTypes.INTEGER }),
        async ({ context: op }) => op.removeColumn('words', 'stars'),
      ).rehearse()
      expect(rehearsal).toMatchObject({ ok: false, matchesModels: false, restored: true })
      expect(rehearsal.problems).toMatchObject([
        { kind: 'models-differ', message: expect.stringContaining('stars') },
      ])
    }))

  test('a revision without a down is no problem, and the way back ends there', () =>
    given(async ({ sequelize }) => {
      const { down: _, ...oneWay } = revisionOf('more', 'words')
      const migrator = createMigrator({ sequelize, baseline: false, migrations: [createWords, oneWay] })
      const rehearsal = await migrator.rehearse()
      expect(rehearsal).toMatchObject({ ok: true, restored: null })
      expect(rehearsal.notes).toMatchObject([{ kind: 'irreversible', revision: 'more' }])
    }))

  test('a revision that works on the host’s own instance', () =>
    given(async ({ sequelize, migratorOf }) => {
      const rehearsal = await migratorOf(async () => {
        await sequelize.query("UPDATE words SET text = 'changed'")
      }).rehearse()
      expect(rehearsal).toMatchObject({
        ok: false,
        problems: [{ kind: 'original-touched', revision: 'more' }],
      })
      const hidden = await migratorOf(async () => {
        await sequelize.query('DELETE FROM words').catch(() => {})
      }).rehearse()
      expect(hidden.problems).toMatchObject([{ kind: 'original-touched', revision: 'more' }])
    }))

  test('what the host sends meanwhile is let through', () =>
    given(async ({ sequelize, migratorOf }) => {
      const migrator = migratorOf(async () => {})
      let counted = 0
      let isOver = false
      const host = (async () => {
        while (!isOver) {
          await rowsOf(sequelize, 'SELECT count(*) AS n FROM words')
          counted += 1
        }
      })()
      const rehearsal = await migrator.rehearse()
      isOver = true
      await host
      expect(rehearsal.ok).toBe(true)
      expect(counted).toBeGreaterThan(1)
    }))

  test('ends when it is told to, and leaves no copy', () =>
    given(async ({ migratorOf }) => {
      const controller = new AbortController()
      const migrator = migratorOf(async () => controller.abort(new Error('enough')))
      expect(await failure(migrator.rehearse('head', { signal: controller.signal }))).toMatchObject({
        message: 'enough',
      })
    }))

  test('with nothing pending says whether the models match', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      const migrator = createMigrator({ sequelize, baseline: false, migrations: [createWords] })
      await migrator.up()
      expect(await migrator.rehearse()).toMatchObject({
        ok: true,
        steps: [],
        restored: true,
        matchesModels: null,
      })
    }))

  test('the shipped tables on an empty database, as the whole history', () =>
    withDatabase(engine, async (database) => {
      const migrator = createMigrator({ sequelize: database.connect() })
      const rehearsal = await migrator.rehearse('heads')
      expect(rehearsal.problems).toEqual([])
      expect(rehearsal).toMatchObject({ ok: true, restored: true })
      expect(rehearsal.steps).toHaveLength(3)
    }))

  test('refuses what it does not know', () =>
    given(async ({ migratorOf }) => {
      const migrator = migratorOf(async () => {})
      for (const options of [{ rows: -1 }, { rows: 1.5 }, { keep: 'yes' }, { signal: {} }])
        expect(await failure(migrator.rehearse('head', options as object))).toMatchObject({
          code: 'INVALID_OPTION',
        })
      expect(await failure(migrator.rehearse('head', { row: 1 } as object))).toMatchObject({
        code: 'UNKNOWN_OPTION',
      })
      expect(await failure(migrator.rehearse('nosuch'))).toMatchObject({ code: 'UNKNOWN_REVISION' })
    }))
})
