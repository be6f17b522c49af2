import { DataTypes, type Sequelize } from 'sequelize'
import { createMigrator, type Migration, type Op, reflect, type Table } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { describeEngines, type Engine, withDatabase } from '../support/engines/index.js'
import { failure, revisionOf } from './support.js'

type Work = (op: Op) => Promise<void>

/** A migrator with one revision, on a table with rows. */
const on = <T>(
  engine: Engine,
  use: (run: (up: Work, down?: Work, transaction?: boolean) => Runs) => Promise<T>,
): Promise<T> =>
  withDatabase(engine, async (database) => {
    const sequelize = database.connect()
    const queries = sequelize.getQueryInterface()
    await queries.createTable('words', {
      id: { type: DataTypes.INTEGER, primaryKey: true },
      title: { type: DataTypes.STRING(40) },
    })
    await queries.bulkInsert('words', [
      { id: 1, title: 'perro' },
      { id: 2, title: 'gato' },
    ])
    return use((up, down = async () => {}, transaction = false) => {
      const migration =
        (work: Work): Migration =>
        ({ context }) =>
          work(context)
      const revision = revisionOf('step', null, migration(up), { down: migration(down), transaction })
      const migrator = createMigrator({ sequelize, baseline: false, migrations: [revision] })
      return { sequelize, migrator }
    })
  })

interface Runs {
  readonly sequelize: Sequelize
  readonly migrator: ReturnType<typeof createMigrator>
}

const wordsOf = async (sequelize: Sequelize): Promise<Table> => {
  const table = (await reflect(sequelize)).tables.find(({ name }) => name === 'words')
  if (table === undefined) throw new Error('the table is gone')
  return table
}

const unique = { type: 'unique', name: 'words_title_key', fields: ['title'] } as const

describeEngines('a unique constraint of an index that is there', (engine) => {
  const isConstraint = engine.dialect === 'postgres'

  test('takes the index, reads no row, and goes away again', () =>
    on(engine, async (run) => {
      const { sequelize, migrator } = run(
        async (op) => {
          await op.addIndex('words', ['title'], { name: 'words_title_key', unique: true, concurrently: true })
          await op.addConstraint('words', {
            ...unique,
            fields: ['title'],
            usingIndex: 'words_title_key',
          })
        },
        (op) =>
          engine.dialect === 'sqlite'
            ? op.removeIndex('words', 'words_title_key')
            : op.removeConstraint('words', 'words_title_key'),
      )
      await migrator.up()
      const { uniques, indexes } = await wordsOf(sequelize)
      expect(uniques.map(({ name }) => name)).toEqual(isConstraint ? ['words_title_key'] : [])
      expect(indexes.map(({ name, unique: isUnique }) => [name, isUnique])).toEqual(
        isConstraint ? [] : [['words_title_key', true]],
      )
      await migrator.down()
      expect(await wordsOf(sequelize)).toMatchObject({ uniques: [], indexes: [] })
    }))

  test('gives the index the name of the constraint', () =>
    on(engine, async (run) => {
      const { sequelize, migrator } = run(
        async (op) => {
          await op.addIndex('words', ['title'], { name: 'words_title_new', unique: true })
          await op.addConstraint('words', { ...unique, fields: ['title'], usingIndex: 'words_title_new' })
        },
        undefined,
        true,
      )
      await migrator.up()
      const { uniques, indexes } = await wordsOf(sequelize)
      expect([...uniques, ...indexes].map(({ name }) => name)).toEqual(['words_title_key'])
    }))

  test('is refused where there is no unique index of that name', () =>
    on(engine, async (run) => {
      const { migrator } = run(async (op) => {
        await op.addIndex('words', ['title'], { name: 'plain' })
        await op.addConstraint('words', {
          type: 'unique',
          name: 'plain',
          fields: ['title'],
          usingIndex: 'plain',
        })
      })
      const error = await failure(migrator.up())
      expect(error.message).toMatch(
        isConstraint ? /plain.* is not a unique index/u : /no unique index "plain"/u,
      )
      if (!isConstraint) expect(error.cause).toMatchObject({ code: 'UNSAFE_OPERATION' })
    }))

  test('stands in a plan and in a script', () =>
    on(engine, async (run) => {
      const { migrator } = run((op) =>
        op.addConstraint('words', { ...unique, fields: ['title'], usingIndex: 'words_title_key' }),
      )
      const script = await migrator.sql()
      expect(script.includes('UNIQUE USING INDEX')).toBe(isConstraint)
      expect(script).not.toMatch(/ADD CONSTRAINT [`"]?words_title_key[`"]? UNIQUE \(/u)
    }))
})

describeEngines('an index that is made while others write', (engine) => {
  test('is said so to the engine, where it has words for it', () =>
    on(engine, async (run) => {
      const { migrator } = run(async (op) => {
        await op.addIndex('words', ['title'], { name: 'words_title', concurrently: true })
        await op.removeIndex('words', 'words_title', { concurrently: true })
      })
      const words = { postgres: / CONCURRENTLY /u, mysql: /, LOCK=NONE$/u, sqlite: /INDEX/u }
      const { steps } = await migrator.plan()
      const statements = steps[0]?.statements ?? []
      expect(statements).toHaveLength(2)
      for (const statement of statements) expect(statement).toMatch(words[engine.dialect])
      expect(await migrator.up()).toEqual([{ name: 'step' }])
    }))

  test.runIf(engine.dialect === 'mysql')('is refused where nobody could write meanwhile', () =>
    on(engine, async (run) => {
      const { sequelize, migrator } = run((op) =>
        op.addIndex('words', ['title'], { name: 'found', type: 'FULLTEXT', concurrently: true }),
      )
      const error = await failure(migrator.up())
      expect(error.message).toContain('Leave `concurrently` out')
      expect(error.cause).toMatchObject({ code: 'UNSAFE_OPERATION' })
      expect((await wordsOf(sequelize)).indexes).toEqual([])
    }),
  )
})

describeEngines('a foreign key whose rows are looked at later', (engine) => {
  const isLater = engine.dialect !== 'sqlite'
  const key = {
    type: 'foreign key',
    name: 'words_deck_fk',
    references: { table: 'decks', field: 'id' },
    onDelete: 'RESTRICT',
    onUpdate: 'RESTRICT',
    notValid: true,
  } as const
  const tables = async (op: Op): Promise<void> => {
    await op.createTable('decks', { id: { type: DataTypes.INTEGER, primaryKey: true } })
    await op.bulkInsert('decks', [{ id: 1 }])
    await op.addColumn('words', 'deck', { type: DataTypes.INTEGER })
    await op.bulkUpdate('words', { deck: 7 }, { id: 2 })
  }

  test('holds for what is written, and counts the rows that do not fit', () =>
    on(engine, async (run) => {
      const seen: unknown[] = []
      const { sequelize, migrator } = run(
        async (op) => {
          await tables(op)
          if (!isLater) await op.bulkUpdate('words', { deck: null }, { id: 2 })
          await op.addConstraint('words', { ...key, fields: ['deck'] })
          if (isLater)
            await op.sequelize
              .transaction(() =>
                op.validateConstraint('words', 'words_deck_fk').catch((error: unknown) => {
                  seen.push(error)
                  throw error
                }),
              )
              .catch(() => {})
          await op.bulkUpdate('words', { deck: 1 }, { id: 2 })
          await op.validateConstraint('words', 'words_deck_fk')
        },
        undefined,
        true,
      )
      await migrator.up()
      if (isLater) expect(String(seen[0])).toMatch(/words_deck_fk|1 row has in "deck" \(such as id 2\)/u)
      const { foreignKeys } = await wordsOf(sequelize)
      expect(foreignKeys).toMatchObject([{ name: 'words_deck_fk', validated: true }])
      const broken = sequelize.getQueryInterface().bulkUpdate('words', { deck: 7 }, { id: 1 })
      expect((await failure(broken)).name).toBe('SequelizeForeignKeyConstraintError')
    }))

  test.runIf(engine.dialect === 'mysql')('needs a table to refer to, and a key by its name', () =>
    on(engine, async (run) => {
      const { migrator } = run(async (op) => {
        await tables(op)
        const missing = op.addConstraint('words', {
          ...key,
          fields: ['deck'],
          references: { table: 'gone', field: 'id' },
        })
        expect((await failure(missing)).message).toContain('there is no table "gone"')
        expect((await failure(op.validateConstraint('words', 'gone'))).message).toContain(
          'no foreign key or check',
        )
        const types = op.addConstraint('words', { ...key, fields: ['title'] })
        await failure(types)
        expect(
          await op.sequelize.query('SELECT @@SESSION.foreign_key_checks AS on_', {
            plain: true,
            type: 'SELECT' as never,
          }),
        ).toEqual({ on_: 1 })
      })
      await migrator.up()
    }),
  )

  test.runIf(isLater)('stands in a plan and in a script', () =>
    on(engine, async (run) => {
      const { migrator } = run(async (op) => {
        await tables(op)
        await op.addConstraint('words', { ...key, fields: ['deck'] })
        await op.validateConstraint('words', 'words_deck_fk')
      })
      const { steps } = await migrator.plan()
      const word = engine.dialect === 'postgres' ? /NOT VALID/u : /, ALGORITHM=INPLACE, LOCK=NONE/u
      expect(steps[0]?.statements.join('\n')).toMatch(word)
      expect(await migrator.sql()).toMatch(word)
    }),
  )
})
