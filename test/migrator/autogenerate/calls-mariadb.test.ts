import { describe, test } from 'vitest'
import { describeEngines } from '../../support/engines/index.js'
import { type Case, expectExact } from './calls-support.js'

const USERS = 'CREATE TABLE users (id int AUTO_INCREMENT PRIMARY KEY)'

const CASES: Readonly<Record<string, Case>> = {
  'a table as people write it': {
    both: [USERS],
    after: [
      `CREATE TABLE notes (id int AUTO_INCREMENT PRIMARY KEY, title varchar(100) NOT NULL DEFAULT 'x', body text, stars int DEFAULT 0,
        done tinyint(1) NOT NULL DEFAULT false, price decimal(10,2) DEFAULT 1.5, slug varchar(255) UNIQUE, made datetime(3) DEFAULT current_timestamp(3),
        pick enum('a', 'it''s', 'b\\\\c') DEFAULT 'a', ref char(36) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, ownerId int REFERENCES users (id) ON DELETE CASCADE ON UPDATE CASCADE)
        COLLATE utf8mb4_general_ci`,
    ],
    operations: (make) => [make.createTable('notes')],
    source: [
      `await op.createTable('notes', {
    body: { type: DataTypes.TEXT },
    done: { type: DataTypes.BOOLEAN, allowNull: false, defaultValue: false },
    id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
    made: { type: DataTypes.DATE(3), defaultValue: Sequelize.literal('current_timestamp(3)') },
    ownerId: {
      type: DataTypes.INTEGER,
      references: { model: 'users', key: 'id' },
      onDelete: 'CASCADE',
      onUpdate: 'CASCADE',
    },
    pick: { type: DataTypes.ENUM('a', "it's", 'b\\\\c'), defaultValue: 'a' },
    price: { type: DataTypes.DECIMAL(10, 2), defaultValue: Sequelize.literal('1.50') },
    ref: { type: DataTypes.UUID },
    slug: { type: DataTypes.STRING, unique: true },
    stars: { type: DataTypes.INTEGER, defaultValue: 0 },
    title: { type: DataTypes.STRING(100), allowNull: false, defaultValue: 'x' },
  }, { charset: 'utf8mb4', collate: 'utf8mb4_general_ci' })`,
    ],
    downSource: [`await op.dropTable('notes')`],
  },
  'a table with everything': {
    both: [USERS, 'CREATE TABLE parent (a int, b int, PRIMARY KEY (a, b))'],
    after: [
      `CREATE TABLE everything (id bigint unsigned AUTO_INCREMENT, a int NOT NULL, b int CHECK (b > 0), c varchar(20) COLLATE utf8mb4_bin DEFAULT 'it''s "q" \\\\ ; %',
        g int GENERATED ALWAYS AS (a + 1) STORED, v int GENERATED ALWAYS AS (a * 2) VIRTUAL, j json DEFAULT '{"a": "it''s"}', t text DEFAULT 'PRIMARY KEY',
        ts timestamp NULL, ts2 timestamp NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp(), h int INVISIBLE, f float, d double, bits bit(3) DEFAULT b'101', y year,
        s set('x','y'), bl blob, p point NOT NULL, z int(5) unsigned zerofill, co int COMMENT 'it''s; REFERENCES
two "lines" \\\\', dt date DEFAULT '2020-01-01',
        PRIMARY KEY (id, a), UNIQUE named (c, a), KEY pre (t(10), a DESC), FULLTEXT ft (c), SPATIAL sp (p), KEY comm (a) COMMENT 'an it''s', KEY unused (f) IGNORED, UNIQUE long_u (t),
        CONSTRAINT positive CHECK (a > 0), CONSTRAINT fk FOREIGN KEY (a, b) REFERENCES parent (a, b) ON DELETE CASCADE ON UPDATE RESTRICT)
        COMMENT 'a "table" it''s \\\\' ROW_FORMAT=COMPRESSED COLLATE utf8mb4_unicode_ci`,
    ],
    operations: (make) => [make.createTable('everything')],
  },
  'indexes of foreign keys': {
    both: [USERS],
    after: [
      'CREATE TABLE a (id int PRIMARY KEY, u int, FOREIGN KEY (u) REFERENCES users (id))',
      'CREATE TABLE b (id int PRIMARY KEY, u int, KEY own (u), FOREIGN KEY (u) REFERENCES users (id))',
      'CREATE TABLE c (id int PRIMARY KEY, u int, KEY own (u, id), CONSTRAINT named FOREIGN KEY (u) REFERENCES users (id) ON DELETE SET NULL)',
      'CREATE TABLE d (u int PRIMARY KEY, w int, CONSTRAINT named2 FOREIGN KEY (u) REFERENCES users (id), CONSTRAINT named3 FOREIGN KEY (w) REFERENCES users (id))',
      'CREATE TABLE e (u int UNIQUE, w int, FOREIGN KEY (u) REFERENCES users (id), FOREIGN KEY (w) REFERENCES users (id), KEY w (w), KEY w2 (w))',
    ],
    operations: (make) => ['a', 'b', 'c', 'd', 'e'].map((name) => make.createTable(name)),
  },
  'names that need quotes': {
    both: ['CREATE TABLE `us.er``s` (`i d` int PRIMARY KEY)'],
    after: [
      "CREATE TABLE `quo\"ted` (`back``tick` int PRIMARY KEY, `sp ace` varchar(20) DEFAULT 'a', `größe` int, `order` int, `Mixed.Case` text, KEY `in.d``ex` (`sp ace`), CONSTRAINT `f``k` FOREIGN KEY (`größe`) REFERENCES `us.er``s` (`i d`), CONSTRAINT `c.h` CHECK (`order` > 0))",
      'CREATE TABLE `MixedCase` (`order` int PRIMARY KEY, `größe x` int REFERENCES `MixedCase` (`order`))',
    ],
    operations: (make) => [make.createTable('quo"ted'), make.createTable('MixedCase')],
  },
  'other engines and versioned tables': {
    after: [
      'CREATE TABLE m (id int PRIMARY KEY, t text) ENGINE = MyISAM',
      'CREATE TABLE v (id int PRIMARY KEY) WITH SYSTEM VERSIONING',
      'CREATE TABLE l (id int PRIMARY KEY, c varchar(5)) COLLATE latin1_swedish_ci',
    ],
    operations: (make) => ['m', 'v', 'l'].map((name) => make.createTable(name)),
  },
  'columns of every kind added': {
    both: ['CREATE TABLE t (id int PRIMARY KEY, a int)'],
    rows: ['INSERT INTO t (id) VALUES (1), (2)'],
    kept: 'SELECT id FROM t ORDER BY id',
    after: [
      `ALTER TABLE t ADD COLUMN c text COLLATE utf8mb4_bin DEFAULT 'it''s; \\\\ %', ADD COLUMN g int GENERATED ALWAYS AS (a * 2) STORED, ADD COLUMN v int AS (a + 1) VIRTUAL,
        ADD COLUMN q int NOT NULL DEFAULT 5 COMMENT 'it''s a "x"', ADD COLUMN j json, ADD COLUMN ts timestamp NULL, ADD COLUMN up datetime ON UPDATE current_timestamp(), ADD COLUMN e enum('x', 'y') DEFAULT 'y', ADD COLUMN i int INVISIBLE`,
    ],
    operations: (make) =>
      ['c', 'g', 'v', 'q', 'j', 'ts', 'up', 'e', 'i'].map((name) => make.addColumn('t', name)),
  },
  'a numbered column added with its key': {
    both: [],
    before: ['CREATE TABLE t (a int)'],
    after: ['CREATE TABLE t (a int, id int AUTO_INCREMENT PRIMARY KEY)'],
    rows: ['INSERT INTO t VALUES (5), (6)'],
    kept: 'SELECT * FROM t ORDER BY a',
    operations: (make) => [make.addColumn('t', 'id'), make.addConstraint('t', 'primary key')],
  },
  'a column changed in all that it says': {
    before: [
      `CREATE TABLE t (id int PRIMARY KEY, a varchar(10) NOT NULL DEFAULT '5' COMMENT 'was', b text DEFAULT '7', c int, d varchar(5) COLLATE utf8mb4_bin, e int CHECK (e > 0), ts timestamp NULL, en enum('a', 'b'))`,
    ],
    after: [
      `CREATE TABLE t (id bigint PRIMARY KEY, a int DEFAULT 5, b varchar(20) NOT NULL DEFAULT 'x;y''z' COMMENT 'is; "it''s"', c decimal(10,2), d varchar(50) COLLATE utf8mb4_unicode_ci DEFAULT 'k', e bigint CHECK (e > 0), ts timestamp NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp(), en enum('a', 'b', 'it''s'))`,
    ],
    rows: [`INSERT INTO t VALUES (1, '1', '2', 3, 'd', 4, '2020-01-01', 'b')`],
    kept: 'SELECT * FROM t',
    operations: (make) =>
      ['id', 'a', 'b', 'c', 'd', 'e', 'ts', 'en'].map((name) => make.changeColumn('t', name)),
  },
  'one thing of a column changed': {
    before: [`CREATE TABLE t (id int PRIMARY KEY, a varchar(10) DEFAULT 'x')`],
    after: [`CREATE TABLE t (id int PRIMARY KEY, a varchar(10) NOT NULL DEFAULT 'x')`],
    operations: (make) => [make.changeColumn('t', 'a')],
    source: [`await op.changeColumn('t', 'a', { allowNull: false })`],
    downSource: [`await op.changeColumn('t', 'a', { allowNull: true })`],
  },
  'how a column is numbered, and the key': {
    before: ['CREATE TABLE t (id int PRIMARY KEY, b int NOT NULL)'],
    after: ['CREATE TABLE t (id int, b int NOT NULL, PRIMARY KEY (b, id))'],
    rows: ['INSERT INTO t VALUES (1, 2)'],
    kept: 'SELECT * FROM t',
    operations: (make) => [make.removeConstraint('t', 'primary key'), make.addConstraint('t', 'primary key')],
  },
  'a column becomes a numbered one': {
    before: ['CREATE TABLE t (id int PRIMARY KEY, b int)'],
    after: ['CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, b int)'],
    rows: ['INSERT INTO t VALUES (1, 2)'],
    kept: 'SELECT * FROM t',
    operations: (make) => [make.changeColumn('t', 'id')],
  },
  'computed columns': {
    before: [
      'CREATE TABLE t (id int PRIMARY KEY, a int, g int AS (a + 1) STORED, v int AS (a + 1) VIRTUAL, w int AS (a + 2) VIRTUAL, p int AS (a * 7) STORED, KEY gi (g))',
    ],
    after: [
      'CREATE TABLE t (id int PRIMARY KEY, a int, g int AS (a * 2) STORED, v int AS (a * 2) VIRTUAL, w int AS (a + 2) STORED, p int, KEY gi (g))',
    ],
    rows: ['INSERT INTO t (id, a) VALUES (1, 10)'],
    kept: 'SELECT * FROM t',
    operations: (make) => ['g', 'v', 'w', 'p'].map((name) => make.changeColumn('t', name)),
  },
  'constraints of every kind': {
    both: [USERS],
    before: ['CREATE TABLE t (a int NOT NULL, b int, c int, d int, KEY bi (b))'],
    after: [
      `CREATE TABLE t (a int NOT NULL PRIMARY KEY, b int, c int, d int CHECK (d <> 5), KEY bi (b), CONSTRAINT k CHECK (b > 0 AND c <> 5),
       CONSTRAINT f FOREIGN KEY (b) REFERENCES users (id) ON DELETE CASCADE ON UPDATE SET NULL, CONSTRAINT f2 FOREIGN KEY (c) REFERENCES users (id))`,
    ],
    rows: ['INSERT INTO users VALUES (1)', 'INSERT INTO t VALUES (1, 1, 1, 1)'],
    kept: 'SELECT * FROM t',
    operations: (make) => [
      make.addConstraint('t', 'primary key'),
      make.addConstraint('t', 'check', 'k'),
      make.addConstraint('t', 'check', 1),
      make.addConstraint('t', 'foreign key', 'f'),
      make.addConstraint('t', 'foreign key', 'f2', 'f2'),
    ],
  },
  'a key whose index has another name': {
    both: [USERS],
    before: ['CREATE TABLE t (a int)'],
    after: ['CREATE TABLE t (a int, KEY other (a), CONSTRAINT f FOREIGN KEY (a) REFERENCES users (id))'],
    operations: (make) => [make.addConstraint('t', 'foreign key', 'f', 'other')],
  },
  'indexes of every kind': {
    both: ['CREATE TABLE t (a int, b text, p point NOT NULL)'],
    after: [
      'CREATE UNIQUE INDEX i1 ON t (a, b(5) DESC)',
      'CREATE FULLTEXT INDEX i2 ON t (b)',
      'CREATE SPATIAL INDEX i3 ON t (p)',
      "CREATE INDEX i4 ON t (a) COMMENT 'it''s'",
      'CREATE INDEX `i.5` ON t (b(20)) IGNORED',
      'CREATE UNIQUE INDEX i6 ON t (b)',
    ],
    operations: (make) => ['i1', 'i2', 'i3', 'i4', 'i.5', 'i6'].map((name) => make.addIndex('t', name)),
  },
  renames: {
    both: [USERS],
    before: [
      'CREATE TABLE t (id int PRIMARY KEY, a int, c int NOT NULL DEFAULT 4 CHECK (c > 3), KEY i (id, a), CONSTRAINT k CHECK (a > 0), KEY fi (a), CONSTRAINT f FOREIGN KEY (a) REFERENCES users (id))',
    ],
    after: [
      'CREATE TABLE `T 2` (id int PRIMARY KEY, `b.b` int, d int NOT NULL DEFAULT 4 CHECK (d > 3), KEY j (id, `b.b`), CONSTRAINT k2 CHECK (`b.b` > 0), KEY fi (`b.b`), CONSTRAINT g FOREIGN KEY (`b.b`) REFERENCES users (id))',
    ],
    rows: ['INSERT INTO users VALUES (1)', 'INSERT INTO t VALUES (1, 1, 5)'],
    operations: (make) => [
      make.renameColumn('t', 'a', 'b.b'),
      make.renameColumn('t', 'c', 'd'),
      make.renameConstraint('t', 'check', 'k', 'k2'),
      make.renameConstraint('t', 'foreign key', 'f', 'g'),
      make.renameIndex('t', 'i', 'j'),
      make.renameTable('t', 'T 2'),
    ],
  },
  'options and comment of a table': {
    before: [
      `CREATE TABLE t (id int PRIMARY KEY, c varchar(20), d text COLLATE utf8mb4_bin, j json) COLLATE utf8mb4_general_ci`,
    ],
    after: [
      `CREATE TABLE t (id int PRIMARY KEY, c varchar(20), d text COLLATE utf8mb4_bin, j json) COLLATE utf8mb4_unicode_ci COMMENT 'it''s; "x" \\\\' ROW_FORMAT=COMPRESSED`,
    ],
    operations: (make) => [make.changeTable('t')],
  },
  'the comment of a table': {
    before: ['CREATE TABLE t (id int PRIMARY KEY) ENGINE = Aria'],
    after: [`CREATE TABLE t (id int PRIMARY KEY) COMMENT 'it''s'`],
    operations: (make) => [make.changeTable('t')],
  },
}

describeEngines(
  'calls',
  (engine) => {
    describe('do exactly what the operations say', () => {
      test.each(Object.entries(CASES))('%s', (_name, given) => expectExact(engine, given))
    })
  },
  ({ dialect }) => dialect === 'mysql',
)
