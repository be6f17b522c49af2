import { describe, test } from 'vitest'
import { describeEngines } from '../../support/engines/index.js'
import { type Case, expectExact } from './calls-support.js'

const USERS = 'CREATE TABLE users (id INTEGER PRIMARY KEY)'

const CASES: Readonly<Record<string, Case>> = {
  'a table as people write it': {
    both: [USERS],
    after: [
      `CREATE TABLE notes (id INTEGER PRIMARY KEY AUTOINCREMENT, title VARCHAR(100) NOT NULL DEFAULT 'x', body TEXT, stars INTEGER DEFAULT 0,
        done TINYINT(1) NOT NULL DEFAULT 0, price DECIMAL(10,2) DEFAULT 1.5, slug VARCHAR(255) UNIQUE, made DATETIME DEFAULT CURRENT_TIMESTAMP, nick TEXT COLLATE NOCASE,
        ownerId INTEGER REFERENCES users (id) ON DELETE CASCADE ON UPDATE CASCADE)`,
      'CREATE UNIQUE INDEX i1 ON notes (title, slug DESC) WHERE stars > 0',
    ],
    operations: (make) => [make.createTable('notes')],
    source: [
      `await op.createTable('notes', {
    body: { type: DataTypes.TEXT },
    done: { type: DataTypes.BOOLEAN, allowNull: false, defaultValue: false },
    id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
    made: { type: DataTypes.DATE, defaultValue: Sequelize.literal('CURRENT_TIMESTAMP') },
    nick: { type: DataTypes.TEXT, collation: 'NOCASE' },
    ownerId: {
      type: DataTypes.INTEGER,
      references: { model: 'users', key: 'id' },
      onDelete: 'CASCADE',
      onUpdate: 'CASCADE',
    },
    price: { type: DataTypes.DECIMAL(10, 2), defaultValue: 1.5 },
    slug: { type: DataTypes.STRING, unique: true },
    stars: { type: DataTypes.INTEGER, defaultValue: 0 },
    title: { type: DataTypes.STRING(100), allowNull: false, defaultValue: 'x' },
  })`,
      `await op.addIndex(
    'notes',
    ['title', { name: 'slug', order: 'DESC' }],
    { name: 'i1', unique: true, where: Sequelize.literal('stars > 0') },
  )`,
    ],
    downSource: [`await op.dropTable('notes')`],
  },
  'a table with everything': {
    both: [USERS, 'CREATE TABLE parent (a INTEGER, b INTEGER, PRIMARY KEY (a, b))'],
    after: [
      `CREATE TABLE everything (a INTEGER NOT NULL, b VARCHAR(5) NOT NULL DEFAULT 'true "it''s" \\ ; %', c BLOB DEFAULT (randomblob(3)), d, e INT CHECK (e > 0),
        g INTEGER GENERATED ALWAYS AS (a + 1) STORED, v TEXT AS (b || 'x''') VIRTUAL, f TEXT DEFAULT 'a
b' COLLATE RTRIM UNIQUE ON CONFLICT IGNORE,
        CONSTRAINT pk PRIMARY KEY (b DESC, a), CONSTRAINT u UNIQUE (a, f COLLATE NOCASE DESC), UNIQUE (e, a), CONSTRAINT positive CHECK (a > 0), CHECK (b <> 'DEFAULT true'),
        CONSTRAINT fk FOREIGN KEY (a, e) REFERENCES parent (a, b) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, FOREIGN KEY (e) REFERENCES users (id) MATCH FULL)`,
      'CREATE TABLE strict (id TEXT PRIMARY KEY, n INTEGER) STRICT, WITHOUT ROWID',
      'CREATE TABLE named (id BIGINT PRIMARY KEY, a TEXT, b TEXT REFERENCES users (id), CONSTRAINT u1 UNIQUE (a), CONSTRAINT c1 CHECK (length(a) > 3), CONSTRAINT f1 FOREIGN KEY (a) REFERENCES users (id) ON UPDATE SET NULL)',
      'CREATE TABLE two (a INTEGER NOT NULL, b INTEGER NOT NULL, c TEXT, PRIMARY KEY (a, b), UNIQUE (b, c))',
      'CREATE TABLE text_key (id VARCHAR(20) NOT NULL PRIMARY KEY, n INTEGER)',
      'CREATE INDEX ei ON everything (lower(b) DESC, f COLLATE NOCASE)',
    ],
    operations: (make) =>
      ['everything', 'strict', 'named', 'two', 'text_key'].map((name) => make.createTable(name)),
  },
  'names that need quotes': {
    both: ['CREATE TABLE "us.er""s" ("i d" INTEGER PRIMARY KEY)'],
    after: [
      `CREATE TABLE "quo""ted" ("back\`tick" INTEGER PRIMARY KEY, "sp ace" VARCHAR(20) DEFAULT 'a', "größe" INTEGER REFERENCES "us.er""s" ("i d"), "order" INTEGER, "Mixed.Case" TEXT)`,
      'CREATE INDEX "in.d""ex" ON "quo""ted" ("sp ace", "Mixed.Case")',
      'CREATE TABLE "MixedCase" ("order" INTEGER PRIMARY KEY, "größe x" INTEGER REFERENCES "MixedCase" ("order"))',
    ],
    operations: (make) => [make.createTable('quo"ted'), make.createTable('MixedCase')],
  },
  'columns of every kind added, and removed, by one change': {
    both: [USERS],
    before: ['CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, gone TEXT)'],
    rows: [`INSERT INTO t VALUES (1, 2, 'g')`],
    kept: 'SELECT id, a FROM t',
    after: [
      `CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, c TEXT DEFAULT 'it''s; \\ %' COLLATE NOCASE, g INTEGER GENERATED ALWAYS AS (a * 2) STORED, v INTEGER AS (a + 1),
        q INTEGER NOT NULL DEFAULT 5, w DATETIME DEFAULT CURRENT_TIMESTAMP, b TEXT DEFAULT 'true', e TEXT DEFAULT (1 + 2), "own\`er" INTEGER REFERENCES users (id) ON DELETE SET NULL, slug VARCHAR(255) UNIQUE)`,
    ],
    operations: (make) => [
      make.removeColumn('t', 'gone'),
      ...['c', 'g', 'v', 'q', 'w', 'b', 'e', 'own`er'].map((name) => make.addColumn('t', name)),
      make.addConstraint('t', 'foreign key'),
      make.addColumn('t', 'slug'),
      make.addConstraint('t', 'unique'),
    ],
  },
  'a new column with its key': {
    both: [USERS],
    before: ['CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER)'],
    after: [
      'CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, ownerId INTEGER REFERENCES users (id) ON DELETE CASCADE)',
    ],
    operations: (make) => [make.addColumn('t', 'ownerId'), make.addConstraint('t', 'foreign key')],
    source: [
      `await op.addColumn('t', 'ownerId', {
    type: DataTypes.INTEGER,
    references: { model: 'users', key: 'id' },
    onDelete: 'CASCADE',
  })`,
    ],
  },
  'a column changed in all that it says': {
    before: [
      `CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(10) NOT NULL DEFAULT '5', b TEXT DEFAULT '7' COLLATE RTRIM, c INTEGER UNIQUE CHECK (c > 0), g INTEGER AS (c + 1))`,
    ],
    after: [
      `CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER DEFAULT 5, b VARCHAR(20) NOT NULL DEFAULT 'x;y''z' COLLATE NOCASE, c DECIMAL(10,2) UNIQUE CHECK (c > 0), g INTEGER AS (c * 2))`,
    ],
    rows: [`INSERT INTO t VALUES (1, '1', '2', 3)`],
    kept: 'SELECT * FROM t',
    operations: (make) => ['a', 'b', 'c', 'g'].map((name) => make.changeColumn('t', name)),
  },
  'one thing of a column changed': {
    before: [`CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(10) DEFAULT 'x')`],
    after: [`CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(10) NOT NULL DEFAULT 'x')`],
    operations: (make) => [make.changeColumn('t', 'a')],
    source: [`await op.changeColumn('t', 'a', { allowNull: false })`],
    downSource: [`await op.changeColumn('t', 'a', { allowNull: true })`],
  },
  'two things of two columns changed': {
    before: [`CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT)`],
    after: [`CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b INTEGER)`],
    operations: (make) => [make.changeColumn('t', 'a'), make.changeColumn('t', 'b')],
    source: [
      `await op.alterTable('t', (t) => {
    t.changeColumn('a', { allowNull: false })
    t.changeColumn('b', { type: DataTypes.INTEGER })
  })`,
    ],
  },
  'how a key is numbered': {
    before: [
      'CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)',
      'CREATE TABLE u (id INTEGER, CONSTRAINT p PRIMARY KEY (id))',
    ],
    after: [
      'CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT)',
      'CREATE TABLE u (id INTEGER, CONSTRAINT p PRIMARY KEY (id AUTOINCREMENT))',
    ],
    rows: [`INSERT INTO t VALUES (1, 'a')`],
    kept: 'SELECT * FROM t',
    operations: (make) => [make.changeColumn('t', 'id'), make.changeColumn('u', 'id')],
  },
  'another primary key': {
    before: ['CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT NOT NULL)'],
    after: ['CREATE TABLE t (id INTEGER, a TEXT NOT NULL, PRIMARY KEY (a, id))'],
    rows: [`INSERT INTO t VALUES (1, 'a')`],
    kept: 'SELECT * FROM t',
    operations: (make) => [
      make.changeColumn('t', 'id'),
      make.removeConstraint('t', 'primary key'),
      make.addConstraint('t', 'primary key'),
    ],
  },
  'constraints of every kind': {
    both: [USERS, 'CREATE TABLE p (a INTEGER, b INTEGER, PRIMARY KEY (a, b))'],
    before: ['CREATE TABLE t (a INTEGER NOT NULL, b INTEGER, c INTEGER, d TEXT)'],
    after: [
      `CREATE TABLE t (a INTEGER NOT NULL, b INTEGER, c INTEGER, d TEXT, CONSTRAINT p PRIMARY KEY (a), CONSTRAINT "u n" UNIQUE (b, c), UNIQUE (c) ON CONFLICT REPLACE, UNIQUE (d COLLATE NOCASE),
        CONSTRAINT k CHECK (b > 0 AND c <> 5), CHECK (c <> 'it''s'), CHECK (c < 1000), CONSTRAINT f FOREIGN KEY (b) REFERENCES users (id) ON DELETE CASCADE ON UPDATE SET NULL,
        FOREIGN KEY (c) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED, FOREIGN KEY (b, c) REFERENCES p (a, b), FOREIGN KEY (a) REFERENCES users (id))`,
    ],
    rows: ['INSERT INTO users VALUES (1)', `INSERT INTO t VALUES (1, NULL, 1, 'd')`],
    kept: 'SELECT * FROM t',
    operations: (make) => [
      make.addConstraint('t', 'primary key'),
      ...[0, 1, 2].map((place) => make.addConstraint('t', 'unique', place)),
      ...[0, 1, 2].map((place) => make.addConstraint('t', 'check', place)),
      ...[0, 1, 2, 3].map((place) => make.addConstraint('t', 'foreign key', place)),
    ],
  },
  'constraints without names that are alike': {
    both: [USERS],
    before: [
      'CREATE TABLE t (a INTEGER REFERENCES users (id), b INTEGER CHECK (b > 0), FOREIGN KEY (a) REFERENCES users (id) ON DELETE CASCADE, CHECK (b > 0), CHECK (b > 1), UNIQUE (a, b), UNIQUE (b, a))',
    ],
    after: [
      'CREATE TABLE t (a INTEGER REFERENCES users (id), b INTEGER CHECK (b > 0), CHECK (b > 1), UNIQUE (b, a))',
    ],
    operations: (make) => {
      const key = make.before.table('t').foreignKeys.findIndex(({ onDelete }) => onDelete === 'CASCADE')
      const unique = make.before.table('t').uniques.findIndex(({ parts }) => parts[0]?.column === 'a')
      return [
        make.removeConstraint('t', 'foreign key', key),
        make.removeConstraint('t', 'check', 0),
        make.removeConstraint('t', 'unique', unique),
      ]
    },
  },
  'indexes of every kind': {
    both: ['CREATE TABLE t (a INTEGER, b TEXT)'],
    after: [
      `CREATE UNIQUE INDEX i1 ON t (a, b DESC) WHERE a > 0 AND b <> 'it''s'`,
      'CREATE INDEX i2 ON t (lower(b), a + 1 DESC)',
      'CREATE INDEX "i.3" ON t (b COLLATE NOCASE)',
    ],
    operations: (make) => ['i1', 'i2', 'i.3'].map((name) => make.addIndex('t', name)),
  },
  renames: {
    before: [
      'CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER CONSTRAINT c CHECK (a > 0), UNIQUE (a))',
      'CREATE INDEX i ON t (a)',
    ],
    after: [
      'CREATE TABLE "T 2" (id INTEGER PRIMARY KEY, "b.b" INTEGER CONSTRAINT c2 CHECK ("b.b" > 0), CONSTRAINT u UNIQUE ("b.b"))',
      'CREATE INDEX j ON "T 2" ("b.b")',
    ],
    rows: ['INSERT INTO t VALUES (1, 1)'],
    operations: (make) => [
      make.renameColumn('t', 'a', 'b.b'),
      make.renameConstraint('t', 'check', 0, 'c2'),
      make.renameIndex('t', 'i', 'j'),
      {
        kind: 'renameConstraint',
        hazards: [],
        table: { schema: null, name: 't' },
        constraint: {
          type: 'unique',
          value: { ...(make.after.table('T 2').uniques[0] as never as object), name: null } as never,
        },
        to: 'u',
      },
      make.renameTable('t', 'T 2'),
    ],
  },
}

describeEngines(
  'calls',
  (engine) => {
    describe('do exactly what the operations say', () => {
      test.each(Object.entries(CASES))('%s', (_name, given) => expectExact(engine, given))
    })
  },
  ({ dialect }) => dialect === 'sqlite',
)
