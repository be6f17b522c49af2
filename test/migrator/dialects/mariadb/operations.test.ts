import { DataTypes, type Sequelize } from 'sequelize'
import { createMigrator, reflect } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { withDatabase } from '../../../support/engines/index.js'
import { failure, rowsOf } from '../../support.js'
import { describeMariadb, given, on, step, tableOf } from './support.js'

describeMariadb('op', (engine) => {
  test('makes tables and columns with collations, computed columns, ON UPDATE and checks, and raw types', () =>
    on(engine, async (sequelize) => {
      await step(sequelize, async (op) => {
        await op.createTable('notes', {
          id: { type: 'INT UNSIGNED', primaryKey: true, autoIncrement: true },
          title: { type: 'VARCHAR(20)', collation: 'utf8mb4_bin', allowNull: false, defaultValue: 'x' },
          stars: { type: DataTypes.INTEGER, checks: [{ name: 'few', expression: 'stars < 9' }] },
          twice: { type: DataTypes.INTEGER, generated: { expression: 'stars * 2', stored: true } },
          code: { type: 'CHAR(3)', unique: 'one_code' },
          kind: 'SMALLINT',
        })
        await op.addColumn('notes', 'thrice', {
          type: 'BIGINT',
          generated: { expression: 'stars * 3', stored: false },
        })
        await op.addColumn('notes', 'touched', {
          type: 'DATETIME',
          defaultValue: op.sequelize.literal('CURRENT_TIMESTAMP'),
          onUpdateSql: 'CURRENT_TIMESTAMP',
        })
        await op.addColumn('notes', 'lang', { type: DataTypes.STRING(5), collation: 'latin1_bin' })
        await op.addColumn('notes', 'level', 'TINYINT')
      })
      const { columns, checks, indexes } = await tableOf(sequelize, 'notes')
      const told = columns.map(({ name, type, collation, generated, onUpdate }) => [
        name,
        type,
        collation ?? generated?.expression ?? onUpdate,
      ])
      expect(told).toEqual([
        ['id', 'int(10) unsigned', null],
        ['title', 'varchar(20)', 'utf8mb4_bin'],
        ['stars', 'int(11)', null],
        ['twice', 'int(11)', '`stars` * 2'],
        ['code', 'char(3)', null],
        ['kind', 'smallint(6)', null],
        ['thrice', 'bigint(20)', '`stars` * 3'],
        ['touched', 'datetime', 'current_timestamp()'],
        ['lang', 'varchar(5)', 'latin1_bin'],
        ['level', 'tinyint(4)', null],
      ])
      expect([checks.map(({ name }) => name), indexes.map(({ name }) => name)]).toEqual([
        ['few'],
        ['one_code'],
      ])
    }))

  test('makes the table that Model.sync makes', () =>
    on(engine, async (sequelize) => {
      const attributes = () => ({
        id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
        title: { type: DataTypes.STRING, allowNull: false, defaultValue: 'a\'b\\c"' },
        body: { type: DataTypes.TEXT, defaultValue: 'left out' },
        level: { type: DataTypes.ENUM('a', "b'c"), defaultValue: "b'c" },
        price: { type: DataTypes.DECIMAL(10, 2), defaultValue: 1.5 },
        isOpen: { type: DataTypes.BOOLEAN, allowNull: false, defaultValue: false },
        data: { type: DataTypes.JSON },
        bytes: { type: DataTypes.STRING(20).BINARY },
        at: { type: DataTypes.DATE(3), defaultValue: DataTypes.NOW },
        key: { type: DataTypes.UUID, unique: true, comment: "it's" },
        parent: { type: DataTypes.INTEGER, references: { model: 'users', key: 'id' }, onDelete: 'CASCADE' },
      })
      await sequelize
        .getQueryInterface()
        .createTable('users', { id: { type: DataTypes.INTEGER, primaryKey: true } })
      const options = { timestamps: false, tableName: 'synced', comment: "the table's" }
      await sequelize.define('synced', attributes(), options).sync()
      await step(sequelize, (op) => op.createTable('made', attributes(), { comment: options.comment }))
      const [made, synced] = [await tableOf(sequelize, 'made'), await tableOf(sequelize, 'synced')]
      const nameless = <T extends { readonly name: string | null }>(things: readonly T[]): readonly T[] =>
        things.map((thing) => ({ ...thing, name: thing.name?.replace(/^(?:made|synced)/u, 't') ?? null }))
      const told = (table: typeof made) => ({ ...table, name: '', foreignKeys: nameless(table.foreignKeys) })
      expect(told(made)).toEqual(told(synced))
    }))

  test('removes each kind of constraint by its name', () =>
    on(engine, async (sequelize) => {
      await given(
        sequelize,
        'CREATE TABLE users (id INT PRIMARY KEY)',
        `CREATE TABLE notes (a INT NOT NULL, b INT CHECK (b > 1), c INT, CONSTRAINT one_a UNIQUE (a), CONSTRAINT few CHECK (a < 5),
         CONSTRAINT owned FOREIGN KEY (c) REFERENCES users (id), PRIMARY KEY (a))`,
      )
      const before = await tableOf(sequelize, 'notes')
      await step(sequelize, async (op) => {
        await op.renameConstraint('notes', 'one_a', 'only_a')
        await op.renameConstraint('notes', 'few', 'not_many')
        await op.renameConstraint('notes', 'owned', 'belongs')
      })
      const renamed = await tableOf(sequelize, 'notes')
      // The index that the server has made for the key goes by the key's name.
      const indexName: Readonly<Record<string, string>> = { one_a: 'only_a', owned: 'belongs' }
      expect(renamed).toEqual({
        ...before,
        indexes: before.indexes
          .map((index) => ({ ...index, name: indexName[index.name] ?? index.name }))
          .sort((one, two) => (one.name < two.name ? -1 : 1)),
        checks: before.checks.map((check) => (check.name === 'few' ? { ...check, name: 'not_many' } : check)),
        foreignKeys: before.foreignKeys.map((key) => ({ ...key, name: 'belongs' })),
      })
      const refused = await failure(step(sequelize, (op) => op.renameConstraint('notes', 'PRIMARY', 'x')))
      expect(refused.code).toBe('UNSAFE_OPERATION')
      for (const name of ['only_a', 'not_many', 'belongs', 'b', 'notes_a_pk'])
        await step(sequelize, (op) => op.removeConstraint('notes', name))
      const after = await tableOf(sequelize, 'notes')
      expect([after.primaryKey, after.checks, after.foreignKeys]).toEqual([null, [], []])
      expect(after.columns).toEqual(before.columns)
      const missing = await failure(step(sequelize, (op) => op.removeConstraint('notes', 'nosuch')))
      expect(missing.message).toContain('there is no constraint "nosuch"')
    }))

  test('refuses to remove an index that a foreign key needs, and says which and what to do', () =>
    on(engine, async (sequelize) => {
      await given(
        sequelize,
        'CREATE TABLE users (id INT PRIMARY KEY)',
        'CREATE TABLE notes (c INT, KEY by_c (c), CONSTRAINT owned FOREIGN KEY (c) REFERENCES users (id))',
      )
      const error = await failure(step(sequelize, (op) => op.removeIndex('notes', 'by_c')))
      expect(error.code).toBe('UNSAFE_OPERATION')
      expect(error.message).toContain('op.removeIndex of "by_c" on "notes" is refused')
      expect(error.message).toContain('Remove that key first')
    }))

  test('removes a column with its own key, and refuses one that another table refers to', () =>
    on(engine, async (sequelize) => {
      await given(
        sequelize,
        'CREATE TABLE users (id INT PRIMARY KEY, code INT UNIQUE)',
        'CREATE TABLE notes (a INT, c INT, CONSTRAINT owned FOREIGN KEY (c) REFERENCES users (code))',
      )
      const error = await failure(step(sequelize, (op) => op.removeColumn('users', 'code')))
      expect(error.code).toBe('UNSAFE_OPERATION')
      await step(sequelize, (op) => op.removeColumn('notes', 'c'))
      expect((await tableOf(sequelize, 'notes')).columns.map(({ name }) => name)).toEqual(['a'])
    }))

  test('changes comment, engine and collation of a table, and its columns keep theirs', () =>
    on(engine, async (sequelize) => {
      await given(sequelize, "CREATE TABLE notes (a VARCHAR(9)) COLLATE latin1_bin COMMENT 'x'")
      const comment = 'it\'s "\\" 50%s\nof it'
      await step(sequelize, (op) =>
        op.changeTable('notes', { comment, collation: 'utf8mb4_bin', engine: 'Aria' }),
      )
      const table = await tableOf(sequelize, 'notes')
      expect([
        table.comment,
        table.options.engine,
        table.options.collation,
        table.columns[0]?.collation,
      ]).toEqual([...[comment, 'Aria', 'utf8mb4_bin', 'latin1_bin']])
      await step(sequelize, (op) => op.changeTable('notes', { comment: null }))
      expect((await tableOf(sequelize, 'notes')).comment).toBe(null)
    }))

  test('changes enums whose values differ in their case alone, and touches no other column', () =>
    on(engine, async (sequelize) => {
      await given(
        sequelize,
        `CREATE TABLE notes (id INT PRIMARY KEY, level ENUM('low','high') CHARACTER SET latin1 NOT NULL DEFAULT 'low' COMMENT 'how',
         touched DATETIME NOT NULL DEFAULT '2020-01-01' ON UPDATE CURRENT_TIMESTAMP, KEY by_level (level))`,
        "INSERT INTO notes (id, level) VALUES (1, 'low'), (2, 'high')",
      )
      const before = await tableOf(sequelize, 'notes')
      await step(sequelize, (op) =>
        op.changeEnum('notes', 'level', ['Low', 'top'], { rename: { low: 'Low', high: 'top' } }),
      )
      const type = "enum('Low','top')"
      expect(await tableOf(sequelize, 'notes')).toEqual({
        ...before,
        columns: before.columns.map((column) =>
          column.name === 'level' ? { ...column, type, default: "'Low'" } : column,
        ),
      })
      expect(
        await rowsOf(sequelize, 'SELECT id, level, CAST(touched AS CHAR) AS t FROM notes ORDER BY id'),
      ).toEqual([
        { id: 1, level: 'Low', t: '2020-01-01 00:00:00' },
        { id: 2, level: 'top', t: '2020-01-01 00:00:00' },
      ])
      const error = await failure(step(sequelize, (op) => op.changeEnum('notes', 'id', ['x'])))
      expect(error.message).toContain('"id" is no enum')
    }))
})

describeMariadb('a script', (engine) => {
  const revisions = (changes: Parameters<typeof step>[1]) => [
    {
      revision: 'changes',
      downRevision: null,
      up: ({ context }: { context: Parameters<typeof changes>[0] }) => changes(context),
    },
  ]
  const textOf = async (sequelize: Sequelize, changes: Parameters<typeof step>[1]): Promise<string> =>
    (await createMigrator({ sequelize, baseline: false, migrations: revisions(changes) }).sql()) as string

  test('has a change that names all of the column, without a database', () =>
    on(engine, async (sequelize) => {
      const text = await textOf(sequelize, (op) =>
        op.changeColumn('notes', 'title', {
          type: DataTypes.STRING(40),
          allowNull: false,
          defaultValue: 'x',
          comment: '',
        }),
      )
      expect(text).toContain("ALTER TABLE `notes` MODIFY COLUMN `title` VARCHAR(40) NOT NULL DEFAULT 'x';")
    }))

  test('has a change of a column that the same revision makes', () =>
    on(engine, async (sequelize) => {
      const text = await textOf(sequelize, async (op) => {
        await op.createTable('notes', { title: { type: DataTypes.STRING(20), defaultValue: 'x' } })
        await op.renameColumn('notes', 'title', 'heading')
        await op.renameTable('notes', 'words')
        await op.changeColumn('words', 'heading', { allowNull: false })
        await op.changeColumn('words', 'heading', { comment: 'y' })
      })
      expect(text).toContain(
        "ALTER TABLE `words` MODIFY COLUMN `heading` VARCHAR(20) NOT NULL DEFAULT 'x' COMMENT 'y';",
      )
    }))

  test('is refused where a change needs what the column was', () =>
    on(engine, async (sequelize) => {
      const changes: readonly Parameters<typeof step>[1][] = [
        (op) => op.changeColumn('notes', 'title', { allowNull: false }),
        (op) => op.changeEnum('notes', 'level', ['x']),
      ]
      for (const change of changes) {
        const error = await failure(textOf(sequelize, change))
        expect(error.code).toBe('OFFLINE_READ')
        expect(error.message).toContain('as it is, which is not to be seen here')
      }
    }))

  test('planned against a database does what running does', () =>
    withDatabase(engine, async (database) => {
      const tables = [
        'CREATE TABLE users (id INT PRIMARY KEY)',
        `CREATE TABLE notes (id INT PRIMARY KEY, title VARCHAR(20) NOT NULL DEFAULT 'a' COMMENT 'b', level ENUM('x','y') DEFAULT 'x',
         owner INT, v INT AS (owner + 1) VIRTUAL, CONSTRAINT owned FOREIGN KEY (owner) REFERENCES users (id))`,
        "INSERT INTO notes (id, level) VALUES (1, 'x')",
      ]
      const sequelize = database.connect()
      await given(sequelize, ...tables)
      const migrations = revisions(async (op) => {
        await op.changeColumn('notes', 'title', { type: DataTypes.STRING(30) })
        await op.changeColumn('notes', 'title', { allowNull: true })
        await op.changeColumn('notes', 'owner', { onDelete: 'CASCADE' })
        await op.changeColumn('notes', 'v', { generated: null })
        await op.changeEnum('notes', 'level', ['z', 'y'], { rename: { x: 'z' } })
      })
      const migrator = createMigrator({ sequelize, baseline: false, migrations })
      const plan = await migrator.plan('head')
      const statements = plan.steps.flatMap((one) => one.statements)
      await migrator.up()
      const state = async (of: Sequelize): Promise<unknown> => [
        (await reflect(of)).tables,
        await rowsOf(of, 'SELECT * FROM notes'),
      ]
      const expected = await state(sequelize)
      await withDatabase(engine, async (another) => {
        const bare = another.connect()
        await given(bare, ...tables, ...statements)
        expect(await state(bare)).toEqual(expected)
      })
    }))
})
