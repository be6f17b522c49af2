import { DataTypes, type Sequelize } from 'sequelize'
import type { Case } from '../case.js'

const define = (sequelize: Sequelize, isLater: boolean): void => {
  const Deck = sequelize.define(
    'deck',
    { name: { type: DataTypes.STRING(isLater ? 80 : 40), allowNull: isLater }, size: DataTypes.INTEGER },
    { timestamps: false },
  )
  const Word = sequelize.define('word', { text: DataTypes.STRING(40) }, { timestamps: false })
  Word.belongsTo(Deck, { onDelete: 'CASCADE' })
}

export const change: Case = {
  title:
    'a table that is written anew keeps its rows, child rows, counter, triggers, views, checks, collations and indexes',
  engines: ['sqlite'],
  options: { compare: { extraIndexes: false } },
  before: (sequelize) => define(sequelize, false),
  after: (sequelize) => define(sequelize, true),
  setup: () => [
    'DROP TABLE decks',
    `CREATE TABLE decks (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name VARCHAR(40) NOT NULL COLLATE NOCASE, -- as people call it
      size INTEGER CHECK (size >= 0),
      twice INTEGER AS (size * 2),
      CONSTRAINT named CHECK (length(name) < 90))`,
    'CREATE INDEX by_lower ON decks (lower(name)) WHERE size > 0',
    'CREATE TRIGGER grows AFTER INSERT ON words BEGIN UPDATE decks SET size = size + 1 WHERE id = new.deckId; END',
    'CREATE TRIGGER own AFTER UPDATE OF size ON decks WHEN new.size > 99 BEGIN SELECT 1; END',
    'CREATE VIEW full AS SELECT id, name FROM decks WHERE size > 0',
    "INSERT INTO decks (id, name, size) VALUES (1, 'one', 0), (7, 'Seven', 5), (41, 'gone', 1)",
    'DELETE FROM decks WHERE id = 41',
    "INSERT INTO words (text, deckId) VALUES ('a', 1), ('b', 7), ('c', 7)",
  ],
  keeps: [
    'SELECT id, name, size, twice FROM decks ORDER BY id',
    'SELECT id, text, deckId FROM words ORDER BY id',
    "SELECT name, seq FROM sqlite_sequence WHERE name IN ('decks', 'words') ORDER BY name",
    "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE type IN ('trigger', 'view', 'index') AND tbl_name <> 'sm2kit_revisions' ORDER BY name",
    "SELECT name FROM decks WHERE name = 'SEVEN'",
    'SELECT * FROM "full" ORDER BY id',
  ],
}
