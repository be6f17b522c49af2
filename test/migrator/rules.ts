import { DataTypes, type ModelAttributes, type ModelOptions } from 'sequelize'
import type { HazardRule } from 'sm2kit/migrator'
import type { EngineDialect } from '../support/engines/index.js'

/** What a rule is shown: statements of a plan, models beside the database, or the text of a revision file. */
export type Shown =
  | { readonly kind: 'statements'; readonly sql: readonly string[]; readonly manyRows?: boolean }
  | {
      readonly kind: 'models'
      readonly attributes: ModelAttributes
      readonly options?: ModelOptions
      readonly without?: readonly string[]
    }
  | { readonly kind: 'comment'; readonly text: string }

/** What a rule finds, and what is like it and is not found. */
export interface Cases {
  readonly found: Shown
  readonly passed: Shown
}

/** Why an engine never has a rule. */
export interface Never {
  readonly never: string
}

const sql = (...statements: readonly string[]): Shown => ({ kind: 'statements', sql: statements })
const many = (...statements: readonly string[]): Shown => ({
  kind: 'statements',
  sql: statements,
  manyRows: true,
})
const models = (
  attributes: ModelAttributes,
  options?: ModelOptions,
  without: readonly string[] = [],
): Shown => ({
  kind: 'models',
  attributes,
  ...(options === undefined ? {} : { options }),
  without,
})
const cases = (found: Shown, passed: Shown): Cases => ({ found, passed })
const each = (given: Cases): Readonly<Record<EngineDialect, Cases>> => ({
  sqlite: given,
  postgres: given,
  mysql: given,
})

const ADD = 'ALTER TABLE words ADD COLUMN'
const COPY = ['CREATE TABLE next (id INTEGER)', 'INSERT INTO next SELECT id FROM'] as const
const rebuilt = (table: string): Shown =>
  sql(COPY[0], `${COPY[1]} ${table}`, `DROP TABLE ${table}`, `ALTER TABLE next RENAME TO ${table}`)
const NO_PLACE = 'the engine has no such statement, or needs none'
const KEY = 'ADD CONSTRAINT k FOREIGN KEY (deck) REFERENCES decks (id)'
const STORED = 'ADD COLUMN twice INTEGER GENERATED ALWAYS AS (stars * 2) STORED'
const stars = { type: DataTypes.INTEGER, allowNull: false, defaultValue: 0 }
/** Models that differ from the database, in something that no rule is about. */
const OTHER = models({ note: { type: DataTypes.STRING(5) } })
const MANY = ['ALTER TABLE words ADD COLUMN a INTEGER', 'UPDATE words SET a = 1'] as const

/**
 * Each rule with a case that it finds and one that it does not, on each engine; or with the reason why the engine never has
 * it. The table `words` has rows, `bare` has none.
 */
export const RULES: Readonly<Record<HazardRule, Readonly<Record<EngineDialect, Cases | Never>>>> = {
  'drop-table': each(cases(sql('DROP TABLE words'), sql('DROP TABLE bare'))),
  'drop-column': each(
    cases(sql('ALTER TABLE words DROP COLUMN title'), sql('ALTER TABLE bare DROP COLUMN title')),
  ),
  'drop-enum-value': {
    sqlite: { never: 'an enum is a text' },
    postgres: cases(
      sql(
        "CREATE TYPE fewer AS ENUM ('low')",
        'ALTER TABLE words ALTER COLUMN level TYPE fewer USING level::text::fewer',
      ),
      sql(
        "CREATE TYPE fewer AS ENUM ('low')",
        'ALTER TABLE bare ALTER COLUMN level TYPE fewer USING level::text::fewer',
      ),
    ),
    mysql: cases(
      sql("ALTER TABLE words MODIFY COLUMN level ENUM('low')"),
      sql("ALTER TABLE words MODIFY COLUMN level ENUM('low','high','top')"),
    ),
  },
  'possible-rename': each(
    cases(
      models({ name: { type: DataTypes.STRING(80) } }, {}, ['title']),
      models({ name: { type: DataTypes.INTEGER } }, {}, ['title']),
    ),
  ),
  'not-null-without-default': each(
    cases(sql(`${ADD} note INTEGER NOT NULL`), sql(`${ADD} note INTEGER NOT NULL DEFAULT 0`)),
  ),
  'not-null-on-nulls': {
    sqlite: cases(models({ title: { type: DataTypes.STRING(80), allowNull: false } }), OTHER),
    postgres: cases(
      sql('ALTER TABLE words ALTER COLUMN title SET NOT NULL'),
      sql('ALTER TABLE words ALTER COLUMN stars SET NOT NULL'),
    ),
    mysql: cases(
      sql('ALTER TABLE words MODIFY COLUMN title VARCHAR(80) NOT NULL'),
      sql('ALTER TABLE words MODIFY COLUMN stars INTEGER NOT NULL DEFAULT 0'),
    ),
  },
  'unique-on-rows': each(
    cases(sql('CREATE UNIQUE INDEX u ON words (title)'), sql('CREATE INDEX u ON words (title)')),
  ),
  'foreign-key-on-rows': {
    sqlite: cases(
      models({ deck: { type: DataTypes.INTEGER, references: { model: 'decks', key: 'id' } } }),
      OTHER,
    ),
    postgres: cases(sql(`ALTER TABLE words ${KEY}`), sql(`ALTER TABLE words ${KEY} NOT VALID`)),
    mysql: cases(
      sql(`ALTER TABLE words ${KEY}`),
      sql('SET SESSION foreign_key_checks = 0', `ALTER TABLE words ${KEY}`),
    ),
  },
  'check-on-rows': {
    sqlite: cases(
      models({}, { sm2kit: { checks: [{ name: 'c', expression: 'stars >= 0' }] } } as ModelOptions),
      OTHER,
    ),
    postgres: cases(
      sql('ALTER TABLE words ADD CONSTRAINT c CHECK (stars >= 0)'),
      sql('ALTER TABLE words ADD CONSTRAINT c CHECK (stars >= 0) NOT VALID'),
    ),
    mysql: cases(
      sql('ALTER TABLE words ADD CONSTRAINT c CHECK (stars >= 0)'),
      sql('ALTER TABLE bare ADD CONSTRAINT c CHECK (stars >= 0)'),
    ),
  },
  'type-narrowing': {
    sqlite: cases(
      models({ title: { type: DataTypes.STRING(20) } }),
      models({ title: { type: DataTypes.STRING(200) } }),
    ),
    postgres: cases(
      sql('ALTER TABLE words ALTER COLUMN title TYPE VARCHAR(20)'),
      sql('ALTER TABLE words ALTER COLUMN title TYPE VARCHAR(200)'),
    ),
    mysql: cases(
      sql('ALTER TABLE words MODIFY COLUMN title VARCHAR(20)'),
      sql('ALTER TABLE words MODIFY COLUMN title VARCHAR(200)'),
    ),
  },
  'type-rewrite': {
    sqlite: cases(
      models({ stars: { ...stars, type: DataTypes.BIGINT } }),
      models({ title: { type: DataTypes.STRING(200) } }),
    ),
    postgres: cases(
      sql('ALTER TABLE words ALTER COLUMN stars TYPE BIGINT'),
      sql('ALTER TABLE words ALTER COLUMN title TYPE TEXT'),
    ),
    mysql: cases(
      sql('ALTER TABLE words MODIFY COLUMN stars BIGINT NOT NULL DEFAULT 0'),
      sql('ALTER TABLE words MODIFY COLUMN title VARCHAR(100)'),
    ),
  },
  'generated-rewrite': each(cases(sql(`ALTER TABLE words ${STORED}`), sql(`ALTER TABLE bare ${STORED}`))),
  'index-not-concurrent': {
    sqlite: cases(models({}, { indexes: [{ name: 'i', fields: ['title'] }] }), OTHER),
    postgres: cases(
      sql('CREATE INDEX i ON words (title)'),
      sql('CREATE INDEX CONCURRENTLY i ON words (title)'),
    ),
    mysql: cases(sql('CREATE FULLTEXT INDEX i ON words (title)'), sql('CREATE INDEX i ON words (title)')),
  },
  'rename-in-use': each(
    cases(
      sql('ALTER TABLE words RENAME COLUMN title TO name'),
      sql('CREATE TABLE fresh (id INTEGER)', 'ALTER TABLE fresh RENAME TO other'),
    ),
  ),
  'primary-key-change': {
    sqlite: cases(models({ stars: { ...stars, primaryKey: true } }), OTHER),
    postgres: cases(
      sql('ALTER TABLE words DROP CONSTRAINT words_pkey'),
      sql('ALTER TABLE bare DROP CONSTRAINT bare_pkey'),
    ),
    mysql: cases(sql('ALTER TABLE words DROP PRIMARY KEY'), sql('ALTER TABLE bare DROP PRIMARY KEY')),
  },
  'foreign-key-not-valid': {
    sqlite: { never: NO_PLACE },
    postgres: cases(sql(`ALTER TABLE words ${KEY}`), sql(`ALTER TABLE words ${KEY} NOT VALID`)),
    mysql: { never: NO_PLACE },
  },
  'check-not-valid': {
    sqlite: { never: NO_PLACE },
    postgres: cases(
      sql('ALTER TABLE words ADD CONSTRAINT c CHECK (stars >= 0)'),
      sql('ALTER TABLE words ADD CONSTRAINT c CHECK (stars >= 0) NOT VALID'),
    ),
    mysql: { never: NO_PLACE },
  },
  'default-volatile-rewrite': {
    sqlite: { never: 'it takes no such default in ADD COLUMN' },
    postgres: cases(
      sql(`${ADD} k UUID DEFAULT gen_random_uuid()`),
      sql(`${ADD} k TIMESTAMPTZ DEFAULT now()`),
    ),
    mysql: cases(sql(`${ADD} k CHAR(36) DEFAULT (uuid())`), sql(`${ADD} k DATETIME DEFAULT now()`)),
  },
  'set-not-null-scan': {
    sqlite: { never: NO_PLACE },
    postgres: cases(
      sql('ALTER TABLE words ALTER COLUMN title SET NOT NULL'),
      sql(
        'ALTER TABLE words ADD CONSTRAINT c CHECK (title IS NOT NULL) NOT VALID',
        'ALTER TABLE words VALIDATE CONSTRAINT c',
        'ALTER TABLE words ALTER COLUMN title SET NOT NULL',
      ),
    ),
    mysql: { never: NO_PLACE },
  },
  'lock-without-timeout': {
    sqlite: { never: 'a connection never waits for the file for ever' },
    postgres: cases(sql(`${ADD} a INTEGER`), sql("SET LOCAL lock_timeout = '2s'", `${ADD} a INTEGER`)),
    mysql: cases(sql(`${ADD} a INTEGER`), sql('SET SESSION lock_wait_timeout = 2', `${ADD} a INTEGER`)),
  },
  'data-loss-statement': each(cases(sql('DELETE FROM words'), sql('DELETE FROM words WHERE id = 1'))),
  'table-rebuild': {
    sqlite: cases(rebuilt('words'), rebuilt('bare')),
    postgres: { never: NO_PLACE },
    mysql: { never: NO_PLACE },
  },
  'copy-algorithm': {
    sqlite: { never: NO_PLACE },
    postgres: { never: NO_PLACE },
    mysql: cases(sql(`ALTER TABLE words ${KEY}`), sql(`ALTER TABLE words ADD COLUMN a INTEGER`)),
  },
  'long-transaction-mixed': {
    sqlite: cases(many(...MANY), sql(...MANY)),
    postgres: cases(many(...MANY), sql(...MANY)),
    mysql: { never: 'each change of the schema commits by itself' },
  },
  'invalid-waiver': each(
    cases(
      { kind: 'comment', text: '// sm2kit-allow drop-table:' },
      { kind: 'comment', text: '// sm2kit-allow drop-table: nobody reads it' },
    ),
  ),
}
