import { DataTypes, type Sequelize } from 'sequelize'
import { createMigrator, type Plan, type StatementReview } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { describeEngines, type Engine, withDatabase } from '../support/engines/index.js'
import { folderOf, native, revisionOf, rowsOf, tablesOf } from './support.js'

/** A table with rows, one without, one that is referred to. */
const prepare = async (sequelize: Sequelize): Promise<void> => {
  const queries = sequelize.getQueryInterface()
  await queries.createTable('decks', { id: { type: DataTypes.INTEGER, primaryKey: true } })
  for (const name of ['words', 'bare']) {
    await queries.createTable(name, {
      id: { type: DataTypes.INTEGER, primaryKey: true },
      title: { type: DataTypes.STRING(80), allowNull: true },
      stars: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 0 },
      deck: { type: DataTypes.INTEGER, allowNull: true },
    })
  }
  await queries.bulkInsert('words', [
    { id: 1, title: 'a' },
    { id: 2, title: 'b' },
  ])
}

const planOf = (sequelize: Sequelize, statements: readonly string[]): Promise<Plan> =>
  createMigrator({
    sequelize,
    baseline: false,
    migrations: [
      revisionOf('0000aaaa', null, async ({ context: op }) => {
        for (const sql of statements) await op.sequelize.query(sql)
      }),
    ],
  }).plan()

const reviewOf = async (
  sequelize: Sequelize,
  statements: readonly string[],
): Promise<readonly StatementReview[]> => (await planOf(sequelize, statements)).steps[0]?.review ?? []

const rulesOf = (review: readonly StatementReview[]): readonly string[] =>
  review
    .flatMap(({ findings }) => findings.map(({ rule }) => rule))
    .filter((rule) => rule !== 'lock-without-timeout')

type Cases = Readonly<Record<string, readonly string[]>>

/** Statements with the rules that are found, on a table with rows. Several statements are parted by `;;`. */
const EVERYWHERE: Cases = {
  'DROP TABLE words': ['drop-table'],
  'DROP TABLE bare': [],
  'CREATE TABLE fresh (id INTEGER);; DROP TABLE fresh': [],
  'ALTER TABLE bare DROP COLUMN title': [],
  'ALTER TABLE words ADD COLUMN note VARCHAR(20)': [],
  'ALTER TABLE words RENAME COLUMN title TO name': ['rename-in-use'],
  'ALTER TABLE words RENAME TO phrases': ['rename-in-use'],
  'CREATE TABLE fresh (id INTEGER);; ALTER TABLE fresh RENAME TO other': [],
  'ALTER TABLE words RENAME TO phrases;; DROP TABLE phrases': ['rename-in-use', 'drop-table'],
  'DELETE FROM words': ['data-loss-statement'],
  'DELETE FROM words WHERE id = 1': [],
  'DELETE FROM bare': [],
  "UPDATE words SET title = 'DELETE FROM words'": [],
  "INSERT INTO words (id, title) VALUES (9, 'DROP TABLE words')": [],
}

const POSTGRES: Cases = {
  ...EVERYWHERE,
  'ALTER TABLE words DROP COLUMN title': ['drop-column'],
  'TRUNCATE words': ['data-loss-statement'],
  'CREATE INDEX words_title ON words (title)': ['index-not-concurrent'],
  'CREATE INDEX bare_title ON bare (title)': [],
  'CREATE UNIQUE INDEX words_title ON words (title)': ['unique-on-rows', 'index-not-concurrent'],
  'ALTER TABLE words ADD COLUMN note INTEGER NOT NULL': ['not-null-without-default'],
  'ALTER TABLE bare ADD COLUMN note INTEGER NOT NULL': [],
  'ALTER TABLE words ADD COLUMN note INTEGER NOT NULL DEFAULT 0': [],
  'ALTER TABLE words ADD COLUMN at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()': [],
  'ALTER TABLE words ADD COLUMN at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp()': [
    'default-volatile-rewrite',
  ],
  'ALTER TABLE words ADD COLUMN key UUID DEFAULT gen_random_uuid()': ['default-volatile-rewrite'],
  'ALTER TABLE words ADD COLUMN number SERIAL': ['default-volatile-rewrite'],
  'ALTER TABLE words ADD COLUMN twice INTEGER GENERATED ALWAYS AS (stars * 2) STORED': ['generated-rewrite'],
  'ALTER TABLE words ALTER COLUMN title SET NOT NULL': ['not-null-on-nulls', 'set-not-null-scan'],
  'ALTER TABLE words ALTER COLUMN stars SET NOT NULL': [],
  'ALTER TABLE words ADD CONSTRAINT filled CHECK (title IS NOT NULL) NOT VALID;; ALTER TABLE words VALIDATE CONSTRAINT filled;; ALTER TABLE words ALTER COLUMN title SET NOT NULL':
    ['not-null-on-nulls'],
  'ALTER TABLE words ALTER COLUMN stars TYPE BIGINT': ['type-rewrite'],
  'ALTER TABLE words ALTER COLUMN stars TYPE SMALLINT': ['type-narrowing', 'type-rewrite'],
  'ALTER TABLE words ALTER COLUMN title TYPE VARCHAR(200)': [],
  'ALTER TABLE words ALTER COLUMN title TYPE TEXT': [],
  'ALTER TABLE words ALTER COLUMN title TYPE VARCHAR(20)': ['type-narrowing', 'type-rewrite'],
  'ALTER TABLE words ADD CONSTRAINT k FOREIGN KEY (deck) REFERENCES decks (id)': [
    'foreign-key-on-rows',
    'foreign-key-not-valid',
  ],
  'ALTER TABLE words ADD CONSTRAINT k FOREIGN KEY (deck) REFERENCES decks (id) NOT VALID': [],
  'ALTER TABLE words ADD CONSTRAINT c CHECK (stars >= 0)': ['check-on-rows', 'check-not-valid'],
  'ALTER TABLE words ADD CONSTRAINT c CHECK (stars >= 0) NOT VALID': [],
  'ALTER TABLE words ADD CONSTRAINT u UNIQUE (title)': ['unique-on-rows', 'index-not-concurrent'],
  'ALTER TABLE words DROP CONSTRAINT words_pkey': ['primary-key-change'],
  'ALTER TABLE bare DROP CONSTRAINT bare_pkey': [],
}

const MARIADB: Cases = {
  ...EVERYWHERE,
  'ALTER TABLE words DROP COLUMN title': ['drop-column'],
  'TRUNCATE TABLE words': ['data-loss-statement'],
  'CREATE INDEX words_title ON words (title)': [],
  'CREATE FULLTEXT INDEX words_title ON words (title)': ['index-not-concurrent'],
  'CREATE FULLTEXT INDEX words_title ON bare (title)': [],
  'ALTER TABLE words ADD UNIQUE INDEX words_title (title)': ['unique-on-rows'],
  'ALTER TABLE words ADD COLUMN note INTEGER NOT NULL': ['not-null-without-default'],
  'ALTER TABLE words ADD COLUMN note INTEGER NOT NULL DEFAULT 0': [],
  'ALTER TABLE words ADD COLUMN k CHAR(36) DEFAULT (uuid())': ['copy-algorithm', 'default-volatile-rewrite'],
  'ALTER TABLE words ADD COLUMN twice INTEGER GENERATED ALWAYS AS (stars * 2) STORED': [
    'generated-rewrite',
    'copy-algorithm',
  ],
  'ALTER TABLE words CHANGE COLUMN title name VARCHAR(80)': ['rename-in-use'],
  'ALTER TABLE words MODIFY COLUMN title VARCHAR(60)': ['type-narrowing', 'copy-algorithm', 'type-rewrite'],
  'ALTER TABLE words MODIFY COLUMN title VARCHAR(100) NULL': [],
  'ALTER TABLE words MODIFY COLUMN title VARCHAR(80) NOT NULL': ['not-null-on-nulls', 'type-rewrite'],
  'ALTER TABLE words MODIFY COLUMN stars BIGINT NOT NULL DEFAULT 0': ['copy-algorithm', 'type-rewrite'],
  'ALTER TABLE bare MODIFY COLUMN stars BIGINT NOT NULL DEFAULT 0': [],
  'ALTER TABLE words ADD CONSTRAINT k FOREIGN KEY (deck) REFERENCES decks (id)': [
    'foreign-key-on-rows',
    'copy-algorithm',
  ],
  'SET SESSION foreign_key_checks = 0;; ALTER TABLE words ADD CONSTRAINT k FOREIGN KEY (deck) REFERENCES decks (id), ALGORITHM=INPLACE, LOCK=NONE':
    [],
  'SET SESSION foreign_key_checks = 0;; SET SESSION foreign_key_checks = 1;; ALTER TABLE words ADD CONSTRAINT k FOREIGN KEY (deck) REFERENCES decks (id)':
    ['foreign-key-on-rows', 'copy-algorithm'],
  'ALTER TABLE words ADD CONSTRAINT c CHECK (stars >= 0)': ['check-on-rows', 'copy-algorithm'],
  'ALTER TABLE words DROP PRIMARY KEY': ['primary-key-change', 'copy-algorithm'],
  'RENAME TABLE words TO phrases': ['rename-in-use'],
}

const SQLITE: Cases = {
  ...EVERYWHERE,
  'ALTER TABLE words DROP COLUMN title': ['drop-column'],
  'CREATE INDEX words_title ON words (title)': [],
  'CREATE UNIQUE INDEX words_title ON words (title)': ['unique-on-rows'],
  'CREATE UNIQUE INDEX bare_title ON bare (title)': [],
  'CREATE TABLE next (id INTEGER);; INSERT INTO next SELECT id FROM words;; DROP TABLE words;; ALTER TABLE next RENAME TO words':
    ['table-rebuild'],
  'CREATE TABLE next (id INTEGER);; INSERT INTO next SELECT id FROM bare;; DROP TABLE bare;; ALTER TABLE next RENAME TO bare':
    [],
}

const CASES: Readonly<Record<Engine['dialect'], Cases>> = {
  postgres: POSTGRES,
  mysql: MARIADB,
  sqlite: SQLITE,
}

describeEngines('the review of what an upgrade would do', (engine) => {
  test('finds what each statement puts at risk, and nothing where there are no rows', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      await prepare(sequelize)
      const found: Record<string, readonly string[]> = {}
      for (const text of Object.keys(CASES[engine.dialect]))
        found[text] = rulesOf(await reviewOf(sequelize, text.split(';; ')))
      expect(found).toEqual(CASES[engine.dialect])
      expect(await tablesOf(sequelize)).toEqual(['bare', 'decks', 'words'])
    }))

  test('counts the rows, names the tables, and marks what has no way back', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      await prepare(sequelize)
      const { down: _down, ...oneWay } = revisionOf('0000aaaa', null, async ({ context: op }) => {
        await op.dropTable('words')
      })
      const { steps } = await createMigrator({ sequelize, baseline: false, migrations: [oneWay] }).plan()
      expect(steps).toMatchObject([
        {
          irreversible: true,
          statements: [expect.stringMatching(/^DROP TABLE/u)],
          review: [
            {
              tables: ['words'],
              findings: expect.arrayContaining([expect.objectContaining({ rule: 'drop-table', rows: 2 })]),
            },
          ],
        },
      ])
    }))

  test('a rebuild by op is one, and loses no table', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      await prepare(sequelize)
      const migrations = [
        revisionOf('0000aaaa', null, async ({ context: op }) => {
          await op.changeColumn('words', 'stars', {
            type: 'VARCHAR(20)',
            allowNull: false,
            defaultValue: '0',
          })
        }),
      ]
      const { steps } = await createMigrator({ sequelize, baseline: false, migrations }).plan()
      const rules = new Set(rulesOf(steps[0]?.review ?? []))
      expect(rules.has('drop-table') || rules.has('rename-in-use')).toBe(false)
      expect(rules.has(engine.dialect === 'sqlite' ? 'table-rebuild' : 'type-rewrite')).toBe(true)
    }))

  if (engine.dialect !== 'sqlite')
    test('a lock has a limit, or is told once a step', () =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        await prepare(sequelize)
        const lockRules = async (statements: readonly string[]): Promise<readonly boolean[]> =>
          (await reviewOf(sequelize, statements)).map(({ findings }) =>
            findings.some(({ rule }) => rule === 'lock-without-timeout'),
          )
        const add = (name: string) => `ALTER TABLE words ADD COLUMN ${name} INTEGER`
        expect(await lockRules([add('a'), add('b')])).toEqual([true, false])
        expect(await lockRules(['ALTER TABLE bare ADD COLUMN a INTEGER'])).toEqual([false])
        const set =
          engine.dialect === 'postgres'
            ? "SET LOCAL lock_timeout = '2s'"
            : 'SET SESSION lock_wait_timeout = 2'
        expect(await lockRules([set, add('a')])).toEqual([false, false])
      }))

  if (engine.dialect !== 'mysql')
    test('many rows in the transaction of a change of the schema are told', () =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        await prepare(sequelize)
        const statements = ['ALTER TABLE words ADD COLUMN a INTEGER', 'UPDATE words SET a = 1']
        expect(rulesOf(await reviewOf(sequelize, statements))).toEqual([])
        await sequelize.query(
          `INSERT INTO words (id) WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 10010) SELECT i FROM n`,
        )
        expect(rulesOf(await reviewOf(sequelize, statements))).toEqual(['long-transaction-mixed'])
        expect(rulesOf(await reviewOf(sequelize, ['UPDATE words SET stars = 1']))).toEqual([])
      }))

  test('a file allows a rule for a line, and a reason is asked for', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      await prepare(sequelize)
      const file = (revision: string, below: string, body: string) =>
        `export const revision = '${revision}'\nexport const downRevision = ${below}\nexport const up = async ({ context: op }) => {\n${body}\n}\nexport const down = async () => {}\n`
      const folder = folderOf({
        '20260101000000_a.mjs': file(
          '0000aaaa',
          'null',
          [
            '  // sm2kit-allow drop-table: nobody has used it since May',
            "  await op.sequelize.query('DROP TABLE words')",
            "  await op.removeColumn('decks', 'id') // sm2kit-allow drop-column: another line",
          ].join('\n'),
        ),
        '20260101000001_b.mjs': file(
          '0000bbbb',
          "'0000aaaa'",
          [
            '  // sm2kit-allow drop-table:',
            '  // sm2kit-allow drop-tables: because',
            "  await op.dropTable('decks')",
          ].join('\n'),
        ),
      })
      await sequelize.getQueryInterface().bulkInsert('decks', [{ id: 1 }])
      const { createMigrator: create } = await native()
      const migrator = create({ sequelize, baseline: false, migrations: folder })
      if (engine.dialect === 'sqlite') return
      const { steps } = await migrator.plan()
      const found = steps.map(({ review }) =>
        review.flatMap(({ findings }) =>
          findings.map(({ rule, waived }) => `${rule}: ${waived?.reason ?? 'open'}`),
        ),
      )
      expect(found[0]).toContain('drop-table: nobody has used it since May')
      expect(found[0]).toContain('drop-column: another line')
      expect(found[1]).toContain('drop-table: open')
      expect(steps[1]?.findings.map(({ rule, message }) => [rule, message])).toEqual([
        ['invalid-waiver', 'line 4: drop-table is allowed without a reason'],
        ['invalid-waiver', 'line 5: there is no rule "drop-tables"'],
      ])
      const { findings, pending } = await migrator.check({ strict: true })
      expect(pending.length).toBe(2)
      const open = findings
        .map(({ rule, revision }) => `${revision} ${rule}`)
        .filter((text) => !text.includes('lock-without'))
      expect(open).toEqual(['0000bbbb invalid-waiver', '0000bbbb invalid-waiver', '0000bbbb drop-table'])
      expect((await migrator.check()).findings).toEqual([])
      expect(await rowsOf(sequelize, 'SELECT id FROM decks')).toHaveLength(1)
    }))
})
