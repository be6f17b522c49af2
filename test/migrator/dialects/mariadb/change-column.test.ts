import { DataTypes, type ModelAttributeColumnOptions, type Sequelize } from 'sequelize'
import type { Column, ColumnChange, Table } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { failure, rowsOf } from '../../support.js'
import { describeMariadb, given, on, step, tableOf } from './support.js'

const NOTES = [
  'CREATE TABLE users (id INT PRIMARY KEY, code VARCHAR(10) NOT NULL UNIQUE)',
  'CREATE TABLE people (id INT PRIMARY KEY)',
  `CREATE TABLE notes (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT,
    title VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL DEFAULT 'it''s \\\\ \\n"' COMMENT 'a ''title''\\n\\\\ %s' CHECK (title <> 'no'),
    stars INT NULL DEFAULT 3 COMMENT 'how many',
    touched DATETIME(3) NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
    hidden INT INVISIBLE DEFAULT 5,
    doubled INT GENERATED ALWAYS AS (stars * 2) VIRTUAL,
    tripled INT GENERATED ALWAYS AS (stars * 3) STORED COMMENT 'three times',
    owner INT NULL,
    extra JSON NULL,
    price DECIMAL(10,4) NULL,
    PRIMARY KEY (id), KEY by_doubled (doubled), UNIQUE KEY one_title (title), KEY pair (title, stars),
    CONSTRAINT few CHECK (stars < 100), CONSTRAINT owned FOREIGN KEY (owner) REFERENCES users (id) ON DELETE SET NULL
  ) COMMENT 'all ''notes''' COLLATE utf8mb4_unicode_ci`,
  "INSERT INTO users VALUES (1, 'one'), (2, 'two')",
  'INSERT INTO people VALUES (1)',
  `INSERT INTO notes (id, title, stars, owner, extra, price, touched, hidden) VALUES
    (4, 'first', 1, 1, '{"a":1}', 1.25, '2020-01-01 00:00:00.123', 7), (5, 'second', NULL, NULL, NULL, NULL, NULL, NULL)`,
]

type Attribute = Partial<ModelAttributeColumnOptions> & ColumnChange

/** The table with one of its columns changed, as a value. */
const withColumn = (table: Table, name: string, change: Partial<Column>): Table => ({
  ...table,
  columns: table.columns.map((column) => (column.name === name ? { ...column, ...change } : column)),
})

/** The mode in which the server cuts what does not fit, on every connection from now on. */
const makeLax = (sequelize: Sequelize): void => {
  sequelize.addHook('afterConnect', async (connection: unknown) => {
    const { promise } = connection as { promise(): { query(sql: string): Promise<unknown> } }
    await promise.call(connection).query("SET SESSION sql_mode = ''")
  })
}

describeMariadb('op.changeColumn', (engine) => {
  const changed = async (
    sequelize: Sequelize,
    column: string,
    attribute: Attribute,
  ): Promise<{ readonly before: Table; readonly after: Table }> => {
    await given(sequelize, ...NOTES)
    const before = await tableOf(sequelize, 'notes')
    const rows = await rowsOf(
      sequelize,
      'SELECT id, title, stars, doubled, tripled, owner, extra, price, touched, hidden FROM notes ORDER BY id',
    )
    await step(sequelize, (op) => op.changeColumn('notes', column, attribute))
    expect(
      await rowsOf(
        sequelize,
        'SELECT id, title, stars, doubled, tripled, owner, extra, price, touched, hidden FROM notes ORDER BY id',
      ),
    ).toEqual(rows)
    return { before, after: await tableOf(sequelize, 'notes') }
  }

  test.each<[string, string, Attribute, Partial<Column>]>([
    ['a length', 'title', { type: DataTypes.STRING(40) }, { type: 'varchar(40)' }],
    ['a raw type', 'title', { type: 'varchar(21)' }, { type: 'varchar(21)' }],
    ['NULL', 'title', { allowNull: true }, { nullable: true }],
    ['a default', 'title', { defaultValue: "o'\\\n" }, { default: "'o\\'\\\\\\n'" }],
    ['no default', 'title', { defaultValue: null }, { default: null }],
    ['a comment', 'title', { comment: `it's \\ "50%" of\nit` }, { comment: `it's \\ "50%" of\nit` }],
    ['no comment', 'title', { comment: '' }, { comment: null }],
    ['no comment, as null', 'title', { comment: null as never }, { comment: null }],
    ['a collation', 'title', { collation: 'latin1_general_ci' }, { collation: 'latin1_general_ci' }],
    ['a wider number', 'stars', { type: DataTypes.BIGINT }, { type: 'bigint(20)' }],
    ['a function as default', 'stars', { defaultValue: null }, { default: null }],
    ['the comment of a clock', 'touched', { comment: 'when' }, { comment: 'when' }],
    ['a clock that does not follow', 'touched', { onUpdateSql: null }, { onUpdate: null }],
    ['the comment of a hidden one', 'hidden', { comment: 'x' }, { comment: 'x' }],
    ['the comment of a virtual one', 'doubled', { comment: 'x' }, { comment: 'x' }],
    ['the comment of a stored one', 'tripled', { comment: 'x' }, { comment: 'x' }],
    ['JSON', 'extra', { comment: 'x' }, { comment: 'x' }],
    ['the type of the key', 'id', { type: DataTypes.BIGINT.UNSIGNED }, { type: 'bigint(20) unsigned' }],
    ['a column of a foreign key', 'owner', { comment: 'who' }, { comment: 'who' }],
    ['a stored one made plain', 'tripled', { generated: null }, { generated: null }],
    ['a virtual one made plain', 'doubled', { generated: null }, { generated: null }],
    [
      'a virtual one made stored',
      'doubled',
      { generated: { expression: 'stars * 2', stored: true } },
      { generated: { expression: '`stars` * 2', stored: true } },
    ],
    ['a plain one made required', 'hidden', { allowNull: true }, {}],
  ])('changes %s, and nothing else', (_what, column, attribute, expected) =>
    on(engine, async (sequelize) => {
      const { before, after } = await changed(sequelize, column, attribute)
      const found = after.columns.find(({ name }) => name === column)
      const wanted =
        typeof expected.default === 'string' ? { ...expected, default: found?.default ?? null } : expected
      expect(after).toEqual(withColumn(before, column, wanted))
      if (typeof expected.default === 'string') {
        await given(sequelize, 'INSERT INTO notes (id) VALUES (9)')
        expect(await rowsOf(sequelize, 'SELECT title FROM notes WHERE id = 9')).toEqual([{ title: "o'\\\n" }])
      }
    }),
  )

  test('makes a column unique, and takes that away', () =>
    on(engine, async (sequelize) => {
      const { before, after } = await changed(sequelize, 'price', { unique: true })
      expect(after.indexes.filter(({ unique }) => unique).map(({ name }) => name)).toEqual([
        'one_title',
        'price',
      ])
      await step(sequelize, async (op) => {
        await op.changeColumn('notes', 'price', { unique: true })
        await op.changeColumn('notes', 'price', { unique: false })
      })
      expect(await tableOf(sequelize, 'notes')).toEqual(before)
    }))

  test('replaces a key, changes its actions alone under its name, and takes it away', () =>
    on(engine, async (sequelize) => {
      const { before, after } = await changed(sequelize, 'owner', { onDelete: 'CASCADE' })
      expect(after).toEqual({
        ...before,
        foreignKeys: before.foreignKeys.map((key) => ({ ...key, onDelete: 'CASCADE' })),
      })
      await step(sequelize, (op) =>
        op.changeColumn('notes', 'owner', {
          references: { model: 'people', key: 'id' },
          onUpdate: 'CASCADE',
        }),
      )
      const { foreignKeys } = await tableOf(sequelize, 'notes')
      expect(foreignKeys).toMatchObject([
        { name: 'owned', target: { name: 'people' }, onDelete: 'RESTRICT', onUpdate: 'CASCADE' },
      ])
      await step(sequelize, (op) => op.changeColumn('notes', 'owner', { references: null as never }))
      expect((await tableOf(sequelize, 'notes')).foreignKeys).toEqual([])
      await step(sequelize, (op) =>
        op.changeColumn('notes', 'owner', { references: { model: 'users', key: 'id' } }),
      )
      expect((await tableOf(sequelize, 'notes')).foreignKeys).toMatchObject([
        { name: 'notes_owner_foreign_idx' },
      ])
    }))

  test('numbers rows, and makes and takes away a primary key', () =>
    on(engine, async (sequelize) => {
      await given(sequelize, 'CREATE TABLE bare (id INT NULL, x INT)', 'INSERT INTO bare VALUES (3, 1)')
      await step(sequelize, (op) => op.changeColumn('bare', 'id', { primaryKey: true, autoIncrement: true }))
      await given(sequelize, 'INSERT INTO bare (x) VALUES (2)')
      expect(await rowsOf(sequelize, 'SELECT * FROM bare ORDER BY id')).toEqual([
        { id: 3, x: 1 },
        { id: 4, x: 2 },
      ])
      await step(sequelize, async (op) => {
        await op.changeColumn('bare', 'id', { autoIncrement: false })
        await op.changeColumn('bare', 'id', { primaryKey: false })
      })
      const { primaryKey, columns } = await tableOf(sequelize, 'bare')
      expect([primaryKey, columns[0]?.autoIncrement, columns[0]?.nullable]).toEqual([null, null, false])
    }))

  test('computes a plain column, stored or not, and its checks and indexes stay', () =>
    on(engine, async (sequelize) => {
      await given(
        sequelize,
        'CREATE TABLE sums (id INT PRIMARY KEY, a INT, s INT, b INT, KEY by_s (s), KEY by_both (s, b), CONSTRAINT positive CHECK (s > 0))',
        'INSERT INTO sums VALUES (1, 2, 3, 4)',
      )
      const before = await tableOf(sequelize, 'sums')
      for (const stored of [false, true, false]) {
        await step(sequelize, (op) =>
          op.changeColumn('sums', 's', { generated: { expression: 'a + 1', stored } }),
        )
        const generated = { expression: '`a` + 1', stored }
        expect(await tableOf(sequelize, 'sums')).toEqual(withColumn(before, 's', { generated }))
      }
      await step(sequelize, (op) => op.changeColumn('sums', 's', { generated: null }))
      expect(await tableOf(sequelize, 'sums')).toEqual(before)
      expect(await rowsOf(sequelize, 'SELECT * FROM sums')).toEqual([{ id: 1, a: 2, s: 3, b: 4 }])
    }))

  test('adds checks, and replaces one of the same name', () =>
    on(engine, async (sequelize) => {
      const few = [{ name: 'few', expression: 'stars < 10' }]
      const { before, after } = await changed(sequelize, 'stars', { checks: few })
      expect(after.checks.find(({ name }) => name === 'few')?.expression).toBe('`stars` < 10')
      expect({ ...after, checks: [] }).toEqual({ ...before, checks: [] })
    }))

  test.each<[string, string, Attribute, string]>([
    ['NULL', 'stars', { allowNull: false }, '1 row has in "stars" (such as id 5) NULL'],
    [
      'a shorter text',
      'title',
      { type: DataTypes.STRING(5) },
      '1 row has in "title" (such as id 5) more than 5 characters',
    ],
    [
      'a number out of range',
      'id',
      { type: 'TINYINT UNSIGNED' },
      '1 row has in "id" (such as id 300) a number outside 0 … 255',
    ],
    [
      'a text that is no number',
      'title',
      { type: DataTypes.INTEGER },
      '3 rows have in "title" (such as id 4) no number',
    ],
    [
      'digits that would be rounded',
      'price',
      { type: DataTypes.DECIMAL(10, 1) },
      'more than 1 digits behind the point',
    ],
    [
      'a value that an enum has not',
      'title',
      { type: DataTypes.ENUM('first', 'big') },
      '1 row has in "title" (such as id 5) a value that the enum does not have',
    ],
    ['no date', 'title', { type: DataTypes.DATE }, 'no datetime'],
    ['a time that would be cut', 'touched', { type: DataTypes.DATEONLY }, 'a time of the day'],
    [
      'a key without its row',
      'stars',
      { references: { model: 'users', key: 'id' } },
      '1 row has in "stars" (such as id 300) a value that no row of "users" has',
    ],
    [
      'a check that is not met',
      'stars',
      { checks: [{ name: 'small', expression: 'stars < 50' }] },
      '1 row has in "stars" (such as id 300) a value that does not meet small',
    ],
  ])('refuses rows that do not fit: %s, also where the server is lax', (_what, column, attribute, message) =>
    on(engine, async (sequelize) => {
      await given(sequelize, ...NOTES, "INSERT INTO notes (id, title, stars) VALUES (300, 'big', 99)")
      makeLax(sequelize)
      const before = await tableOf(sequelize, 'notes')
      const rows = await rowsOf(sequelize, 'SELECT * FROM notes ORDER BY id')
      const error = await failure(step(sequelize, (op) => op.changeColumn('notes', column, attribute)))
      expect(error.code).toBe('UNSAFE_OPERATION')
      expect(error.message).toContain(message)
      expect(await tableOf(sequelize, 'notes')).toEqual(before)
      expect(await rowsOf(sequelize, 'SELECT * FROM notes ORDER BY id')).toEqual(rows)
    }),
  )

  test('lets the server be strict while it converts, where nothing else would tell, and then as lax as it was', () =>
    on(engine, async (sequelize) => {
      makeLax(sequelize)
      await given(
        sequelize,
        'CREATE TABLE bits (id INT PRIMARY KEY, b BIT(8))',
        "INSERT INTO bits VALUES (1, b'11111111')",
      )
      const modes: unknown[] = []
      const error = await failure(
        step(sequelize, async (op) => {
          await op.changeColumn('bits', 'b', { type: 'BIT(4)' }).finally(async () => {
            modes.push(await rowsOf(op.sequelize, 'SELECT @@SESSION.sql_mode AS mode'))
          })
        }),
      )
      expect(error.code).toBe('STEP_FAILED')
      expect(modes.at(-1)).toEqual([{ mode: '' }])
      expect((await tableOf(sequelize, 'bits')).columns[1]?.type).toBe('bit(8)')
    }))

  test('refuses another type on either side of a foreign key, naming it', () =>
    on(engine, async (sequelize) => {
      await given(sequelize, ...NOTES)
      for (const [table, column] of [
        ['notes', 'owner'],
        ['users', 'id'],
      ] as const) {
        const error = await failure(
          step(sequelize, (op) => op.changeColumn(table, column, { type: DataTypes.BIGINT })),
        )
        expect(error.code).toBe('UNSAFE_OPERATION')
        expect(error.message).toMatch(/foreign key constraint .*owned.*Remove the key/u)
      }
    }))

  test('refuses a column or a table that is not there', () =>
    on(engine, async (sequelize) => {
      await given(sequelize, ...NOTES)
      const column = await failure(
        step(sequelize, (op) => op.changeColumn('notes', 'nosuch', { allowNull: false })),
      )
      expect(column.message).toContain('there is no column "nosuch"')
      const table = await failure(
        step(sequelize, (op) => op.changeColumn('nosuch', 'x', { allowNull: false })),
      )
      expect(table.message).toContain('there is no table "nosuch"')
    }))
})
