import type { Sequelize } from 'sequelize'
import type { Schema } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { describeEngines, withDatabase } from '../../support/engines/index.js'
import { expectRoundTrip } from './create/index.js'
import { checkOf, columnOf, foreignKeyOf, indexOf, on, primaryKeyOf, tableOf } from './values.js'

describeEngines(
  'MariaDB',
  (engine) => {
    const schemaFrom = (...statements: readonly string[]): Promise<Schema> =>
      withDatabase(engine, async (database) => {
        const sequelize: Sequelize = database.connect()
        for (const sql of statements) await sequelize.query(sql)
        return expectRoundTrip(engine, sequelize)
      })

    const options = { engine: 'InnoDB', collation: 'utf8mb4_general_ci' }

    test('columns: types, defaults as SQL, JSON without its check, clocks, generated and invisible ones', async () => {
      const { tables } = await schemaFrom(
        `CREATE TABLE t (
          id bigint unsigned AUTO_INCREMENT PRIMARY KEY COMMENT 'it''s "a" \\\\ comment;', j json DEFAULT '{}', k longtext CHECK (json_valid(k)),
          d datetime(3) DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3), b boolean NOT NULL DEFAULT true,
          v varchar(20) CHARACTER SET latin1 DEFAULT 'a''\\\\;\\n"', n int DEFAULT NULL, m decimal(10,2) DEFAULT -1.5,
          e enum('b','a','it''s','x\\\\y;\\n"') DEFAULT 'it''s', s set('x','y') DEFAULT 'x,y', g int AS (n + 1) VIRTUAL,
          h varchar(9) GENERATED ALWAYS AS (concat(n, ')''')) STORED, i int INVISIBLE, u varchar(40) DEFAULT (concat('a', uuid())),
          z int(5) unsigned zerofill, c char(3) COLLATE utf8mb4_bin DEFAULT '', bits bit(3) DEFAULT b'101', ts timestamp NULL)
        COMMENT 'what''s \\\\ this'`,
      )
      expect(tables).toEqual([
        tableOf(
          't',
          [
            columnOf('id', 'bigint(20) unsigned', {
              nullable: false,
              autoIncrement: { kind: 'autoincrement', sequence: null },
              comment: 'it\'s "a" \\ comment;',
            }),
            columnOf('j', 'json', { default: "'{}'" }),
            columnOf('k', 'longtext'),
            columnOf('d', 'datetime(3)', {
              default: 'current_timestamp(3)',
              onUpdate: 'current_timestamp(3)',
            }),
            columnOf('b', 'tinyint(1)', { nullable: false, default: '1' }),
            columnOf('v', 'varchar(20)', { default: `'a''\\\\;\\n"'`, collation: 'latin1_swedish_ci' }),
            columnOf('n', 'int(11)'),
            columnOf('m', 'decimal(10,2)', { default: '-1.50' }),
            columnOf('e', `enum('b','a','it''s','x\\\\y;\\n"')`, { default: "'it''s'" }),
            columnOf('s', "set('x','y')", { default: "'x,y'" }),
            columnOf('g', 'int(11)', { generated: { expression: '`n` + 1', stored: false } }),
            columnOf('h', 'varchar(9)', { generated: { expression: "concat(`n`,')\\'')", stored: true } }),
            columnOf('i', 'int(11)', { isHidden: true }),
            columnOf('u', 'varchar(40)', { default: "concat('a',uuid())" }),
            columnOf('z', 'int(5) unsigned zerofill'),
            columnOf('c', 'char(3)', { default: "''", collation: 'utf8mb4_bin' }),
            columnOf('bits', 'bit(3)', { default: "b'101'" }),
            columnOf('ts', 'timestamp'),
          ],
          {
            primaryKey: primaryKeyOf(['id']),
            checks: [checkOf('json_valid(`k`)', { column: 'k' })],
            comment: "what's \\ this",
            options,
          },
        ),
      ])
    })

    test('indexes: order, prefixes, methods, comments, ignored ones; unique constraints are unique indexes', async () => {
      const { tables } = await schemaFrom(
        `CREATE TABLE t (a varchar(50) NOT NULL, b int NOT NULL, c text UNIQUE, p point NOT NULL, PRIMARY KEY (b, a(10)), UNIQUE u (a(5), b DESC),
          KEY \`odd \`\`name\` (b) COMMENT 'it''s', FULLTEXT KEY f (a, c), SPATIAL KEY s (p), KEY ignored (b, a) IGNORED)`,
      )
      expect(tables[0]?.primaryKey).toEqual({
        ...primaryKeyOf([]),
        parts: [
          { column: 'b', direction: 'asc', collation: null, prefixLength: null },
          { column: 'a', direction: 'asc', collation: null, prefixLength: 10 },
        ],
      })
      expect(tables[0]?.uniques).toEqual([])
      expect(tables[0]?.indexes).toEqual([
        indexOf('c', [on('c')], { unique: true, method: 'hash' }),
        indexOf('f', [on('a'), on('c')], { method: 'fulltext' }),
        indexOf('ignored', [on('b'), on('a')], { isUsed: false }),
        indexOf('odd `name', [on('b')], { comment: "it's" }),
        indexOf('s', [on('p')], { method: 'spatial' }),
        indexOf('u', [on('a', { prefixLength: 5 }), on('b', { direction: 'desc' })], { unique: true }),
      ])
    })

    test('foreign keys: their actions, the index that each has, tables in another order', async () => {
      const { tables } = await schemaFrom(
        'CREATE TABLE z (a int, b int, UNIQUE (a, b))',
        `CREATE TABLE a (x int, y int, CONSTRAINT two FOREIGN KEY (x, y) REFERENCES z (a, b) ON DELETE SET NULL ON UPDATE CASCADE,
          CONSTRAINT plain FOREIGN KEY (y, x) REFERENCES z (a, b), CONSTRAINT no_action FOREIGN KEY (x) REFERENCES z (a) ON DELETE NO ACTION)`,
      )
      const restrict = { onDelete: 'RESTRICT', onUpdate: 'RESTRICT' } as const
      expect(tables[0]?.foreignKeys).toEqual([
        foreignKeyOf(['x'], 'z', ['a'], { ...restrict, name: 'no_action', onDelete: 'NO ACTION' }),
        foreignKeyOf(['y', 'x'], 'z', ['a', 'b'], { ...restrict, name: 'plain' }),
        foreignKeyOf(['x', 'y'], 'z', ['a', 'b'], {
          name: 'two',
          onDelete: 'SET NULL',
          onUpdate: 'CASCADE',
        }),
      ])
      expect(tables[0]?.indexes.map(({ name }) => name)).toEqual(['plain', 'two'])
    })

    test('checks of the table and of a column, which keep their place', async () => {
      const { tables } = await schemaFrom(
        "CREATE TABLE t (a int CHECK (a > 0), b varchar(9), CONSTRAINT `odd ``name` CHECK (a < 9 OR b = 'it''s'), CHECK (b <> ''))",
      )
      expect(tables[0]?.checks).toEqual([
        checkOf("`b` <> ''", { name: 'CONSTRAINT_1' }),
        checkOf("`a` < 9 or `b` = 'it\\'s'", { name: 'odd `name' }),
        checkOf('`a` > 0', { column: 'a' }),
      ])
    })

    test('options of the table', async () => {
      const { tables } = await schemaFrom(
        'CREATE TABLE a (x int) ENGINE = Aria',
        'CREATE TABLE b (x varchar(3), y varchar(3) COLLATE utf8mb4_general_ci) CHARACTER SET latin1 ROW_FORMAT = COMPRESSED',
        'CREATE TABLE c (x int) WITH SYSTEM VERSIONING',
      )
      expect(tables.map((table) => table.options)).toEqual([
        { engine: 'Aria', collation: 'utf8mb4_general_ci', createOptions: 'transactional=1' },
        { engine: 'InnoDB', collation: 'latin1_swedish_ci', createOptions: 'row_format=COMPRESSED' },
        { ...options, systemVersioned: true },
      ])
      expect(tables[1]?.columns.map(({ collation }) => collation)).toEqual([null, 'utf8mb4_general_ci'])
    })

    test('views and sequences are left out', () =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        await sequelize.query('CREATE VIEW v AS SELECT 1 AS x')
        await sequelize.query('CREATE SEQUENCE s')
        expect(await expectRoundTrip(engine, sequelize)).toEqual({ tables: [], enums: [] })
      }))
  },
  ({ dialect }) => dialect === 'mysql',
)
