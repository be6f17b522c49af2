import { setTimeout as sleep } from 'node:timers/promises'
import type { Sequelize } from 'sequelize'
import { reflect, type Table } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { isFull, rowsOf } from '../migrator/support.js'
import { describeNewest, type Engine, withDatabase } from '../support/engines/index.js'
import { type Application, type Served, startApplication } from './application.js'
import { type Host, makeHost } from './host.js'
import { type Block, promisedMs, promisedOnSqliteMs, type Recipe, recipes, theTable } from './recipes.js'

const ROWS = 20_000

interface Scene {
  readonly host: Host
  readonly application: Application
  readonly sequelize: Sequelize
  /** Another connection, of somebody else. */
  readonly other: Sequelize
}

/** The table of the page with its rows, and an application that uses it. */
const withScene = (engine: Engine, use: (scene: Scene) => Promise<void>): Promise<void> =>
  withDatabase(engine, async (database) => {
    const [sequelize, other] = [database.connect(), database.connect()]
    const host = await makeHost(sequelize)
    if (engine.dialect === 'sqlite') await sequelize.query('PRAGMA journal_mode = WAL')
    for (const block of theTable.blocks) if (block.kind === 'revision') host.write(block.source)
    await host.upgrade()
    await sequelize.query('INSERT INTO decks (id) VALUES (1)')
    const recursion = engine.dialect === 'mysql' ? `SET SESSION max_recursive_iterations = ${ROWS + 1}` : ''
    await sequelize.transaction(async (transaction) => {
      if (recursion !== '') await sequelize.query(recursion, { transaction })
      await sequelize.query(
        `INSERT INTO words (id, title, code, deck_id) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS}) SELECT i, 'Palabra', i, 1 FROM n`,
        { transaction },
      )
    })
    const application = await startApplication(database, ROWS)
    await application.deploy(theTable.blocks.flatMap(statementsOf))
    await use({ host, application, sequelize, other })
  })

const statementsOf = (block: Block): readonly string[] =>
  block.kind === 'application' ? block.statements : []

const isOf = (block: Block, { dialect }: Engine): boolean =>
  block.kind === 'application' || block.engines.includes(dialect)

/** On SQLite the page has that line left out. */
const sourceFor = (source: string, { dialect }: Engine): string =>
  dialect === 'sqlite' ? source.replace('export const transaction = false\n', '') : source

/** Recipes that an engine has something to do for. */
const recipesOf = (engine: Engine): readonly Recipe[] =>
  recipes.filter(({ blocks }) => blocks.some((block) => block.kind === 'revision' && isOf(block, engine)))

const wordsOf = async (sequelize: Sequelize): Promise<Table> => {
  const words = (await reflect(sequelize)).tables.find(({ name }) => name === 'words')
  if (words === undefined) throw new Error('the table is gone')
  return words
}

const columnsOf = ({ columns }: Table): readonly string[] => columns.map(({ name }) => name)

/** What is true after each recipe, by its title. */
const RESULTS: Readonly<Record<string, (table: Table, engine: Engine) => void>> = {
  'Add a column': (table) => expect(columnsOf(table)).toContain('lang'),
  'Add a required column': ({ columns, checks }) => {
    expect(columns.find(({ name }) => name === 'slug')).toMatchObject({ nullable: false })
    expect(checks.filter(({ name }) => name === 'words_slug_filled')).toEqual([])
  },
  'Add an index': ({ indexes }) =>
    expect(indexes).toContainEqual(expect.objectContaining({ name: 'words_title', unique: false })),
  'Add a unique constraint': ({ uniques, indexes }, { dialect }) =>
    expect(dialect === 'postgres' ? uniques : indexes.filter(({ unique }) => unique)).toMatchObject([
      { name: 'words_code_key' },
    ]),
  'Add a foreign key': ({ foreignKeys }) =>
    expect(foreignKeys).toMatchObject([{ name: 'words_deck_id_fk', validated: true }]),
  'Rename a column': (table) => {
    expect(columnsOf(table)).toContain('name')
    expect(columnsOf(table)).not.toContain('title')
  },
  'Change a type': (table) => {
    expect(columnsOf(table)).toContain('score')
    expect(columnsOf(table)).not.toContain('stars')
  },
  'Drop a column': (table) => expect(columnsOf(table)).not.toContain('stars'),
  'Add a value to an enum': ({ columns }) => expect(columns.map(({ name }) => name)).toContain('level'),
}

/** What no row may be like afterwards. */
const NO_ROW: Readonly<Record<string, string>> = {
  'Add a required column': 'slug IS NULL',
  'Rename a column': 'name IS NULL',
  'Change a type': 'score IS NULL',
}

/** What some row is like afterwards. */
const A_ROW: Readonly<Record<string, string>> = {
  'Add a column': "lang = 'pt'",
  'Rename a column': "name = 'Palabra'",
  'Change a type': 'score = 4.5',
  'Add a value to an enum': "level = 'top'",
}

/** No error, and no wait beyond what the page promises. */
const expectServed = ({ errors, longestMs, statements }: Served, boundMs = promisedMs): void => {
  expect(errors).toEqual([])
  expect(statements).toBeGreaterThan(20)
  expect(longestMs).toBeLessThan(boundMs)
}

test('each recipe of the page has its result here, and the page promises a bound', () => {
  expect(recipes.map(({ title }) => title)).toEqual(Object.keys(RESULTS))
  expect([promisedMs, promisedOnSqliteMs]).toEqual([3000, 6000])
})

const isFile = ({ isShared }: Engine): boolean => isShared

describeNewest(
  'docs/zero-downtime.md',
  (engine) => {
    test.each(recipesOf(engine))(
      '$title: the application meets no error and waits for less than it says',
      ({ title, blocks }) =>
        withScene(engine, async ({ host, application, sequelize }) => {
          for (const block of blocks) {
            if (!isOf(block, engine)) continue
            if (block.kind === 'application') await application.deploy(block.statements)
            else {
              host.write(sourceFor(block.source, engine))
              await host.deploy()
            }
          }
          await sleep(100)
          const served = await application.stop()
          console.log(
            `${engine}, ${title}: ${served.statements} statements, longest ${Math.round(served.longestMs)} ms (${served.longest})`,
          )
          expectServed(served, engine.dialect === 'sqlite' ? promisedOnSqliteMs : promisedMs)
          RESULTS[title]?.(await wordsOf(sequelize), engine)
          const count = async (condition: string): Promise<number> =>
            Number((await rowsOf(sequelize, `SELECT count(*) AS n FROM words WHERE ${condition}`))[0]?.['n'])
          if (title in NO_ROW) expect(await count(NO_ROW[title] ?? '')).toBe(0)
          if (title in A_ROW) expect(await count(A_ROW[title] ?? '')).toBeGreaterThan(0)
        }),
    )
  },
  isFile,
)

const isServer = ({ dialect }: Engine): boolean => dialect !== 'sqlite'

/** How long somebody else's transaction stays open; longer than the promise, so that whoever waits for its end breaks it. */
const HELD_MS = promisedMs + 800

describeNewest(
  'a table that a long transaction uses',
  (engine) => {
    /** What an application meets while a revision waits for somebody else's transaction. */
    const meanwhile = async (
      source: string,
    ): Promise<{ readonly served: Served; readonly attempts: number }> => {
      let met: { readonly served: Served; readonly attempts: number } | undefined
      await withScene(engine, async ({ host, application, other }) => {
        const held = await other.transaction()
        await other.query('SELECT title FROM words WHERE id = 1', { transaction: held })
        host.write(source)
        const deploying = host.deploy()
        await sleep(HELD_MS)
        await held.rollback()
        const attempts = await deploying
        met = { served: await application.stop(), attempts }
      })
      if (met === undefined) throw new Error('the scene has not been played')
      return met
    }
    const [limited] = (recipes[0]?.blocks ?? []).flatMap((block) =>
      block.kind === 'revision' ? [block.source] : [],
    )

    test('with a limit the change gives up, is tried again, and nobody waits for the transaction', async () => {
      expect(limited).toContain('op.withTimeouts({ lockMs: 1000 }')
      const { served, attempts } = await meanwhile(limited ?? '')
      expectServed(served)
      expect(attempts).toBeGreaterThan(1)
    })

    test('without one everybody waits behind the change, which waits for the transaction', async () => {
      const { served, attempts } = await meanwhile(
        (limited ?? '').replace('op.withTimeouts({ lockMs: 1000 }, ', '((use) => use())('),
      )
      expect(attempts).toBe(1)
      expect(served.errors).toEqual([])
      expect(served.longestMs).toBeGreaterThan(promisedMs)
    })
  },
  isServer,
)

describeNewest(
  'what reads all rows of a large table',
  (engine) => {
    /** As slow as on a table a hundred times as large. */
    const SLOW =
      "CREATE FUNCTION slow(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN IF $1 % 200 = 0 THEN PERFORM pg_sleep(0.04); END IF; RETURN $1; END'"
    const revision = (isTransaction: boolean, body: string): string =>
      `export const transaction = ${isTransaction}\nexport const up: Migration = async ({ context: op }) => {\n${body}\n}`
    const INDEX = "{ name: 'words_slow', fields: [literal('slow(id)')]"
    const CHECK =
      "{ type: 'check', name: 'words_slow', fields: ['id'], where: literal('slow(id) IS NOT NULL')"

    const ways: readonly (readonly [string, boolean, string, boolean])[] = [
      ['an index', true, `await op.addIndex('words', ${INDEX} })`, false],
      ['an index, concurrently', false, `await op.addIndex('words', ${INDEX}, concurrently: true })`, true],
      ['a check', true, `await op.addConstraint('words', ${CHECK} })`, false],
      [
        'a check, first not valid',
        false,
        `await op.addConstraint('words', ${CHECK}, notValid: true })\nawait op.validateConstraint('words', 'words_slow')`,
        true,
      ],
    ]
    // Checks go the way of indexes; they are looked at where it counts.
    test.each(ways.slice(0, isFull ? 4 : 2))('%s', (_title, isTransaction, body, isServed) =>
      withScene(engine, async ({ host, application, sequelize }) => {
        await sequelize.query(SLOW)
        host.write(revision(isTransaction, body))
        const start = performance.now()
        await host.upgrade()
        // Else it proves nothing: the way that lets others write takes as long.
        expect(performance.now() - start).toBeGreaterThan(promisedMs)
        const served = await application.stop()
        if (isServed) return expectServed(served)
        expect(served.errors).toEqual([])
        expect(served.longestMs).toBeGreaterThan(promisedMs)
      }),
    )
  },
  ({ dialect }) => dialect === 'postgres',
)
