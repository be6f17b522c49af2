import { DataTypes, type Sequelize } from 'sequelize'
import type { EngineDialect } from '../../support/engines/index.js'
import type { Case } from '../case.js'

/** Indexes, unique constraints, keys, and a primary key, all of which have names. */
export const defineNamed = (sequelize: Sequelize): void => {
  const Deck = sequelize.define(
    'deck',
    { code: { type: DataTypes.STRING(20), unique: 'decks_code_is_unique' } },
    { timestamps: false },
  )
  const Word = sequelize.define(
    'word',
    { text: DataTypes.STRING(40), stars: DataTypes.INTEGER },
    {
      timestamps: false,
      indexes: [
        { name: 'words_by_text', fields: ['text'] },
        { name: 'words_by_stars', fields: [{ name: 'stars', order: 'DESC' as const }, 'text'], unique: true },
      ],
    },
  )
  Word.belongsTo(Deck)
}

/** Gives everything a name that no model has, as another tool would have. */
export const renameAll = (dialect: EngineDialect): readonly string[] => {
  switch (dialect) {
    case 'sqlite':
      return [
        'DROP INDEX words_by_text',
        'CREATE INDEX tool_idx_1 ON words (text)',
        'DROP INDEX words_by_stars',
        'CREATE UNIQUE INDEX tool_idx_2 ON words (stars DESC, text)',
        'DROP TABLE words',
        `CREATE TABLE words (
          id INTEGER CONSTRAINT tool_pk PRIMARY KEY AUTOINCREMENT, text VARCHAR(40), stars INTEGER,
          deckId INTEGER CONSTRAINT tool_fk REFERENCES decks (id) ON DELETE SET NULL ON UPDATE CASCADE)`,
        'CREATE INDEX tool_idx_1 ON words (text)',
        'CREATE UNIQUE INDEX tool_idx_2 ON words (stars DESC, text)',
        'DROP TABLE decks',
        `CREATE TABLE decks (
          id INTEGER CONSTRAINT tool_pk_2 PRIMARY KEY AUTOINCREMENT, code VARCHAR(20), CONSTRAINT tool_uq UNIQUE (code))`,
      ]
    case 'postgres':
      return [
        'ALTER INDEX words_by_text RENAME TO tool_idx_1',
        'ALTER INDEX words_by_stars RENAME TO tool_idx_2',
        'ALTER TABLE words RENAME CONSTRAINT words_pkey TO tool_pk',
        'ALTER TABLE words RENAME CONSTRAINT "words_deckId_fkey" TO tool_fk',
        'ALTER TABLE decks RENAME CONSTRAINT decks_pkey TO tool_pk_2',
        // Sequelize makes it without its name there.
        'ALTER TABLE decks RENAME CONSTRAINT decks_code_key TO tool_uq',
        'ALTER SEQUENCE words_id_seq RENAME TO tool_seq',
      ]
    case 'mysql':
      return [
        'ALTER TABLE words RENAME INDEX words_by_text TO tool_idx_1',
        'ALTER TABLE words RENAME INDEX words_by_stars TO tool_idx_2',
        'ALTER TABLE words DROP FOREIGN KEY words_ibfk_1',
        'ALTER TABLE words RENAME INDEX deckId TO tool_idx_3',
        'ALTER TABLE words ADD CONSTRAINT tool_fk FOREIGN KEY (deckId) REFERENCES decks (id) ON DELETE SET NULL ON UPDATE CASCADE',
        'ALTER TABLE decks RENAME INDEX decks_code_is_unique TO tool_uq',
      ]
  }
}

export const change: Case = {
  title: 'the same tables with other names of everything are no difference where names are not compared',
  before: defineNamed,
  setup: renameAll,
  after: defineNamed,
  options: { compare: { names: false } },
}
