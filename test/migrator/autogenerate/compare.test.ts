import { expect, describe as group, test } from 'vitest'
import { MigratorError } from '../../../src/migrator/errors.js'
import type { Column, Table } from '../../../src/migrator/schema/schema.js'
import {
  by,
  checkOf,
  columnOf,
  foreignKeyOf,
  indexOf,
  on,
  primaryKeyOf,
  tableOf,
  uniqueOf,
} from '../schema/values.js'
import { thrown } from '../support.js'
import { changes, comparing, enumOf, schemaWith } from './comparing.js'
import { indexed, loose } from './engines.js'
import { modelsOf } from './random-schema.js'

const id = columnOf('id', 'integer', { nullable: false })
const key = { primaryKey: primaryKeyOf(['id']) }
const x = columnOf('x', 'integer')
const t = (columns: readonly Column[], rest: Partial<Table> = {}, name = 't'): Table =>
  tableOf(name, [id, ...columns], { ...key, ...rest })
const one = (columns: readonly Column[], rest: Partial<Table> = {}) => schemaWith([t(columns, rest)])
const keyTo = (target: string, rest = {}) => foreignKeyOf(['x'], target, ['id'], { name: 'f', ...rest })

group('tables', () => {
  test('a new table is created, after those that it refers to', () => {
    const wanted = schemaWith([t([x], { foreignKeys: [keyTo('z')] }, 'a'), t([], {}, 'z')])
    expect(changes(schemaWith([]), wanted)).toEqual(['create table z', 'create table a'])
  })

  test('keys of a circle come after its tables, and are inline where a key may come first', () => {
    const wanted = schemaWith([
      t([x], { foreignKeys: [keyTo('b')] }, 'a'),
      t([x], { foreignKeys: [keyTo('a')] }, 'b'),
    ])
    expect(changes(schemaWith([]), wanted)).toEqual([
      'create table a',
      'create table b',
      'add foreign key f (x) to b (id) to a',
    ])
    expect(changes(schemaWith([]), wanted, { traits: loose })).toEqual(['create table a', 'create table b'])
    for (const traits of [undefined, loose])
      expect(changes(wanted, schemaWith([]), traits && { traits })).toEqual([
        'remove foreign key f (x) to b (id) from a',
        'drop table b',
        'drop table a',
      ])
  })

  test('a circle of three with a key to itself breaks in one place', () => {
    const self = foreignKeyOf(['id'], 'a', ['id'], { name: 'self' })
    const wanted = schemaWith([
      t([x], { foreignKeys: [keyTo('b'), self] }, 'a'),
      t([x], { foreignKeys: [keyTo('c')] }, 'b'),
      t([x], { foreignKeys: [keyTo('a')] }, 'c'),
      t([x], { foreignKeys: [keyTo('a')] }, 'd'),
    ])
    expect(changes(schemaWith([]), wanted).filter((line) => line.startsWith('add'))).toEqual([
      'add foreign key f (x) to b (id) to a',
    ])
  })

  test('tables of other tools, partitioned and inheriting ones, and those of other schemas are kept', () => {
    const kept = [
      t([], {}, 'SequelizeMeta'),
      t([], {}, 'alembic_version'),
      t([], { options: { partitionBy: 'RANGE (id)' } }, 'p'),
      t([], { options: { inherits: [{ schema: null, name: 'q' }] } }, 'r'),
      t([], {}, 'q'),
      { ...t([], {}, 'o'), schema: 'other' },
    ]
    const { operations, ignored } = comparing(schemaWith([...kept, t([])]), schemaWith([t([])]))
    expect(operations).toEqual([])
    expect(ignored).toHaveLength(6)
    expect(
      changes(schemaWith([t([], {}, 'extra')]), schemaWith([]), { settings: { extraTables: 'keep' } }),
    ).toEqual([])
  })

  test('a table that one left alone refers to is not dropped, and one filter decides about both sides', () => {
    const left = t([x], { foreignKeys: [keyTo('t')] }, 'theirs')
    const include = ({ name }: { readonly name: string }) => name !== 'theirs'
    const found = comparing(schemaWith([t([]), left]), schemaWith([t([], {}, 'theirs')]), { include })
    expect(found.operations).toEqual([])
    expect(found.ignored).toEqual([{ what: 'table t', why: 'a table that is left alone refers to it' }])
  })

  test('a comment that the models do not say goes; options are reported, and changed on request', () => {
    expect(changes(one([], { comment: 'hello' }), one([]))).toEqual(['change comment of table t'])
    const [actual, wanted] = [
      one([], { options: { engine: 'InnoDB' } }),
      one([], { options: { engine: 'MyISAM' } }),
    ]
    const models = modelsOf(wanted, { isNamed: true, checks: true }).map((model) => ({
      ...model,
      options: { engine: 'MyISAM' },
    }))
    expect(comparing(actual, wanted, { models, traits: indexed }).ignored[0]?.what).toBe('table t')
    expect(changes(actual, wanted, { models, traits: indexed, settings: { tableOptions: true } })).toEqual([
      'change options of table t',
    ])
  })
})

group('columns', () => {
  test('added, removed and changed ones are found', () => {
    expect(changes(one([]), one([x]))).toEqual(['add column x integer to t'])
    expect(changes(one([x]), one([]))).toEqual(['remove column x from t'])
    expect(changes(one([x]), one([columnOf('x', 'bigint', { nullable: false, default: '7' })]))).toEqual([
      'change column x of t: type integer to bigint, NOT NULL, default none to 7',
    ])
    expect(changes(one([x, columnOf('y', 'text')]), one([columnOf('y', 'text'), x]))).toEqual([])
  })

  test('names that differ in case alone are one name where the engine says so', () => {
    const [actual, wanted] = [one([columnOf('Name', 'integer')]), one([columnOf('name', 'integer')])]
    expect(changes(actual, wanted, { traits: loose })).toEqual(['rename column Name of t to name'])
    expect(changes(actual, wanted, { traits: loose, settings: { columns: false } })).toEqual([])
    expect(changes(actual, wanted)).toEqual(['add column name integer to t', 'remove column Name from t'])
  })

  test.each([
    ['0', '0.00', 'numeric(10,2)', true],
    ["'0'", '0', 'INTEGER', true],
    ['-0', '0', 'int(11)', true],
    ["'-1'::integer", '-1', 'integer', true],
    ['9007199254740993', '9007199254740992', 'bigint', false],
    ["'0'", "'0.0'", 'text', false],
    ['now()', '0', 'integer', false],
  ])('defaults %s and %s of a %s are the same: %s', (actual, wanted, type, isSame) => {
    const column = (value: string) => one([columnOf('x', type, { default: value })])
    expect(changes(column(actual), column(wanted)).length === 0).toBe(isSame)
  })

  test('what stands on a removed column goes before it, other tables keys too', () => {
    const actual = schemaWith([
      t([x], {
        uniques: [uniqueOf(['x'], { name: 'u' })],
        indexes: [indexOf('i', [by('lower(x)')])],
        checks: [checkOf('(x > 0)', { name: 'k' })],
      }),
      t([x], { foreignKeys: [foreignKeyOf(['x'], 't', ['x'], { name: 'f' })] }, 'z'),
    ])
    expect(changes(actual, schemaWith([t([]), t([x], {}, 'z')]))).toEqual([
      'remove foreign key f (x) to t (x) from z',
      'remove index i (lower(x)) from t',
      'remove check k ((x > 0)) from t',
      'remove unique u (x) from t',
      'remove column x from t',
    ])
  })

  test('a computed column is made anew when its expression changes, and left alone when the models say nothing', () => {
    const computed = (expression: string) =>
      columnOf('g', 'integer', { generated: { expression, stored: true } })
    const { operations } = comparing(one([x, computed('(x + 1)')]), one([x, computed('(x + 2)')]))
    expect(operations.map(({ kind, hazards }) => [kind, hazards[0]?.rule])).toEqual([
      ['removeColumn', 'generated-rewrite'],
      ['addColumn', 'generated-rewrite'],
    ])
    const lossy = comparing(one([x, columnOf('g', 'integer')]), one([x, computed('(x + 1)')]))
    expect(lossy.operations.map(({ kind, hazards }) => [kind, hazards[0]?.rule])).toEqual([
      ['removeColumn', 'drop-column'],
      ['addColumn', 'generated-rewrite'],
    ])
    expect(comparing(one([x, computed('(x + 1)')]), one([x, columnOf('g', 'text')])).ignored).toHaveLength(1)
    expect(comparing(one([x, computed('(x + 1)')]), one([x])).ignored).toHaveLength(1)
    expect(changes(one([x, computed('(x + 1)')]), one([]))).toEqual([
      'remove column g from t',
      'remove column x from t',
    ])
  })

  test('how a column counts, ON UPDATE and a collation that nobody says are left alone', () => {
    const serial = { ...id, autoIncrement: { kind: 'serial', sequence: null } } as const
    const identity = { ...id, autoIncrement: { kind: 'identity always', sequence: null } } as const
    const with_ = (column: Column) => schemaWith([tableOf('t', [column], key)])
    expect(changes(with_(identity), with_(serial))).toEqual([])
    expect(changes(with_({ ...id, default: "nextval('s'::regclass)" }), with_(serial))).toEqual([])
    expect(changes(with_(id), with_(serial))).toEqual(['change column id of t: autoincrement'])
    expect(changes(one([{ ...x, onUpdate: 'now()', collation: 'C' }]), one([x]))).toEqual([])
    expect(changes(one([{ ...x, collation: 'C' }]), one([{ ...x, collation: 'D' }]))).toEqual([
      'change column x of t: collation C to D',
    ])
  })

  test('the hook decides about types', () => {
    const [actual, wanted] = [one([x]), one([columnOf('x', 'bigint')])]
    expect(changes(actual, wanted, { compareType: () => false })).toEqual([])
    expect(changes(actual, wanted, { compareType: () => undefined })).toHaveLength(1)
  })
})

group('indexes and constraints', () => {
  const y = columnOf('y', 'integer')
  const columns = [x, y]
  const ix = (rest: Parameters<typeof indexOf>[2] = {}, parts = [on('x')]) =>
    one(columns, { indexes: [indexOf('i', parts, rest)] })

  test('an index is made again when anything that a model can say differs', () => {
    const again = ['removeIndex', 'addIndex']
    for (const wanted of [
      ix({ unique: true }),
      ix({ where: '(x > 5)' }),
      ix({ method: 'hash' }),
      ix({}, [on('y')]),
      ix({}, [on('x', { direction: 'desc' })]),
      ix({}, [on('x'), on('y')]),
    ])
      expect(comparing(ix(), wanted).operations.map(({ kind }) => kind)).toEqual(again)
    expect(changes(ix({}, [on('x'), on('y')]), ix({}, [on('y'), on('x')]))).toHaveLength(2)
  })

  test('what models cannot say of an index is kept, and an extra index with it is left alone', () => {
    for (const rest of [
      { include: ['y'] },
      { storage: ['fillfactor=70'] },
      { comment: 'c' },
      { nullsDistinct: false },
      { isUsed: false },
    ]) {
      expect(changes(ix(rest), ix())).toEqual([])
      const left = comparing(ix(rest), one(columns))
      expect([left.operations, left.ignored.length]).toEqual([[], 1])
    }
    expect(changes(ix(), one(columns))).toEqual(['remove index i (x) from t'])
    expect(changes(ix(), one(columns), { settings: { extraIndexes: false } })).toEqual([])
  })

  test('a name is a difference when the author has written it', () => {
    const [actual, wanted] = [ix(), one(columns, { indexes: [indexOf('j', [on('x')])] })]
    expect(changes(actual, wanted)).toEqual(['rename index i (x) of t to j'])
    expect(changes(actual, wanted, { traits: loose })).toEqual([
      'remove index i (x) from t',
      'add index j (x) to t',
    ])
    expect(changes(actual, wanted, { isNamed: false })).toEqual([])
    expect(changes(actual, wanted, { settings: { names: false } })).toEqual([])
    const swapped = (a: string, b: string) =>
      one(columns, { indexes: [indexOf(a, [on('x')]), indexOf(b, [on('y')])] })
    expect(changes(swapped('a', 'b'), swapped('b', 'a'))).toHaveLength(4)
  })

  test('unique constraints: order means nothing, a unique index will do, unless asked', () => {
    const u = (list: readonly string[], rest = {}) =>
      one(columns, { uniques: [uniqueOf(list, { name: 'u', ...rest })] })
    expect(changes(u(['x', 'y']), u(['y', 'x']))).toEqual([])
    expect(changes(u(['x']), u(['x', 'y']))).toEqual([
      'remove unique u (x) from t',
      'add unique u (x, y) to t',
    ])
    expect(changes(u(['x']), one(columns))).toEqual(['remove unique u (x) from t'])
    expect(changes(u(['x'], { deferrable: 'deferred' }), one(columns))).toEqual([])
    expect(changes(ix({ unique: true }), u(['x']))).toEqual([])
    expect(changes(u(['x']), ix({ unique: true }))).toEqual([])
    expect(changes(u(['x']), ix({ unique: true }), { settings: { uniqueKinds: true } })).toHaveLength(2)
  })

  test('primary keys: columns are compared, names are not', () => {
    const pk = (list: readonly string[], name: string | null = null) =>
      schemaWith([
        tableOf('t', [id, { ...x, nullable: false }], { primaryKey: primaryKeyOf(list, { name }) }),
      ])
    expect(changes(pk(['id'], 'a'), pk(['id'], 'b'))).toEqual([])
    expect(changes(pk(['id']), pk(['id', 'x']))).toEqual([
      'remove primary key (id) from t',
      'add primary key (id, x) to t',
    ])
  })

  test('a column that the engine numbers stays in a key while the key changes', () => {
    const numbered = { ...id, autoIncrement: { kind: 'autoincrement', sequence: null } } as const
    const pk = (list: readonly string[]) =>
      schemaWith([tableOf('t', [numbered, { ...x, nullable: false }], { primaryKey: primaryKeyOf(list) })])
    expect(changes(pk(['id']), pk(['id', 'x']), { traits: indexed })).toEqual([
      'change column id of t: no autoincrement',
      'remove primary key (id) from t',
      'add primary key (id, x) to t',
      'change column id of t: autoincrement',
    ])
  })

  test('checks are compared by what they say, where the models say something of checks', () => {
    const ck = (expression: string, name: string | null = 'k') =>
      one(columns, { checks: [checkOf(expression, { name })] })
    expect(changes(ck('(x > 0)', 't_x_check'), ck('("x" > 0)', null))).toEqual([])
    expect(changes(ck('(x > 0)'), ck('(x > 9)'))).toHaveLength(2)
    expect(changes(ck('(x > 0)', 'n'), one(columns))).toEqual(['remove check n ((x > 0)) from t'])
    const left = comparing(ck('(x > 0)'), one(columns), { checks: false })
    expect([left.operations, left.ignored.length]).toEqual([[], 1])
  })
})

group('foreign keys', () => {
  const fk = (rest = {}, target = 'p') =>
    schemaWith([t([], {}, 'p'), t([], {}, 'q'), t([x], { foreignKeys: [keyTo(target, rest)] })])
  const none = schemaWith([t([], {}, 'p'), t([], {}, 'q'), t([x])])

  test('added, removed, to another table, with other actions', () => {
    expect(changes(none, fk())).toEqual(['add foreign key f (x) to p (id) to t'])
    expect(changes(fk(), none)).toEqual(['remove foreign key f (x) to p (id) from t'])
    for (const wanted of [fk({}, 'q'), fk({ onDelete: 'CASCADE' }), fk({ deferrable: 'deferred' })])
      expect(changes(fk(), wanted)).toHaveLength(2)
    expect(changes(fk({ name: 'other' }), fk())).toEqual([])
    expect(changes(fk(), fk({ onDelete: 'CASCADE' }), { settings: { foreignKeyActions: false } })).toEqual([])
    expect(changes(fk(), fk({ onDelete: 'RESTRICT' }))).toHaveLength(2)
  })

  test('an index made for a key comes and goes with it, and RESTRICT is NO ACTION, where the engine says so', () => {
    const [actual, wanted] = [
      none,
      schemaWith([
        t([], {}, 'p'),
        t([], {}, 'q'),
        t([x], { foreignKeys: [keyTo('p')], indexes: [indexOf('f', [on('x')])] }),
      ]),
    ]
    const asked = { traits: indexed }
    const [add] = comparing(actual, wanted, asked).operations
    expect(add).toMatchObject({ kind: 'addConstraint', impliedIndex: { name: 'f' } })
    const [remove, ...rest] = comparing(wanted, actual, asked).operations
    expect([remove, rest]).toMatchObject([{ kind: 'removeConstraint', impliedIndex: { name: 'f' } }, []])
    const own = schemaWith([
      t([], {}, 'p'),
      t([], {}, 'q'),
      t([x], { foreignKeys: [keyTo('p', { onDelete: 'RESTRICT' })], indexes: [indexOf('mine', [on('x')])] }),
    ])
    expect(changes(own, wanted, asked)).toEqual([])
  })

  test('both ends change their type with the key away', () => {
    const big = { ...id, type: 'bigint' }
    const ends = (one_: Column, other: Column) =>
      schemaWith([
        tableOf('p', [one_], key),
        tableOf('t', [id, other], { ...key, foreignKeys: [keyTo('p')], indexes: [indexOf('f', [on('x')])] }),
      ])
    expect(
      changes(ends(id, x), ends(big, columnOf('x', 'bigint')), { traits: indexed }).map((line) =>
        line.split(' ').slice(0, 2).join(' '),
      ),
    ).toEqual(['remove foreign', 'change column', 'change column', 'add foreign'])
  })

  test('a key to a table that is left out is compared by its columns', () => {
    const include = ({ name }: { readonly name: string }) => name !== 'p'
    expect(changes(fk(), fk({ onDelete: 'CASCADE' }), { include })).toEqual([])
  })

  test('keys of several columns are left alone', () => {
    const two = schemaWith([
      tableOf('p', [id, { ...x, nullable: false }], { primaryKey: primaryKeyOf(['id', 'x']) }),
      t([x], { foreignKeys: [foreignKeyOf(['id', 'x'], 'p', ['id', 'x'], { name: 'f' })] }),
    ])
    expect(changes(two, schemaWith([...two.tables.slice(0, 1), t([x])]))).toEqual([])
  })
})

group('enums', () => {
  const column = (type: string, value: string | null = null) =>
    columnOf('x', type, {
      enumType: { schema: null, name: type },
      default: value === null ? null : `'${value}'::${type}`,
    })
  const e = (values: readonly string[], type = 'e', value: string | null = null) =>
    schemaWith([t([column(type, value)])], [enumOf(type, values)])

  test('values are compared; a default that goes is away meanwhile', () => {
    expect(changes(e(['a']), e(['b', 'a']))).toEqual(['change enum e: add b'])
    expect(changes(e(['a', 'b'], 'e', 'b'), e(['a'], 'e', 'a'))).toEqual([
      "change column x of t: default 'b'::e to none",
      'change enum e: remove b',
      "change column x of t: default none to 'a'::e",
    ])
    expect(changes(e(['a']), e(['b']), { settings: { enums: false } })).toEqual([])
  })

  test('a type gets the name that all its columns want, comes before its first column, and goes with its last', () => {
    expect(changes(e(['a'], 'old', 'a'), e(['a', 'b'], 'new', 'a'))).toEqual([
      'rename enum old to new',
      'change enum new: add b',
    ])
    expect(changes(one([]), e(['a']))).toEqual(['create enum e (a)', 'add column x e to t'])
    expect(changes(e(['a']), schemaWith([]))).toEqual(['drop table t', 'drop enum e'])
  })
})

group('renames', () => {
  const actual = schemaWith([
    t(
      [columnOf('name', 'text'), x],
      { indexes: [indexOf('i', [on('name')])], checks: [checkOf('(name > x)', { name: 'k' })] },
      'users',
    ),
    t([x], { foreignKeys: [keyTo('users')] }, 'z'),
  ])
  const wanted = schemaWith([
    t(
      [columnOf('full_name', 'text'), x],
      { indexes: [indexOf('i', [on('full_name')])], checks: [checkOf('(full_name > x)', { name: 'k' })] },
      'people',
    ),
    t([x], { foreignKeys: [keyTo('people')] }, 'z'),
  ])
  const steps = ['rename table users to people', 'rename column name of people to full_name']

  test.each([
    [{ users: 'people', 'users.name': 'full_name' }],
    [{ users: 'people', 'people.name': 'people.full_name' }],
    [{ 'users.name': 'users.full_name', users: 'people' }],
  ])('%j: everything follows', (renames) => {
    expect(changes(actual, wanted, { renames })).toEqual(steps)
  })

  test('nothing is renamed unasked: it is proposed, and the drop is marked', () => {
    const { operations, proposals } = comparing(actual, wanted)
    expect(proposals).toEqual([{ kind: 'table', from: 'users', to: 'people', score: expect.any(Number) }])
    const drop = operations.find(({ kind }) => kind === 'dropTable')
    expect(drop?.hazards.map(({ rule }) => rule)).toEqual(['drop-table', 'possible-rename'])
    const column = comparing(one([columnOf('name', 'text')]), one([columnOf('full_name', 'text')]))
    expect(column.proposals).toMatchObject([{ kind: 'column', from: 't.name', to: 't.full_name' }])
    expect(comparing(one([x]), one([columnOf('y', 'text')])).proposals).toEqual([])
  })

  test('names can be swapped, and values of an enum renamed', () => {
    const two = (a: string, b: string) => one([columnOf(a, 'text'), columnOf(b, 'integer')])
    const found = changes(two('a', 'b'), two('b', 'a'), { renames: { 't.a': 'b', 't.b': 'a' } })
    expect(found.map((line) => line.split(' ')[0])).toEqual(['rename', 'rename', 'rename'])
    const column = columnOf('x', 'e', { enumType: { schema: null, name: 'e' }, default: "'a'::e" })
    const e = (values: readonly string[], value: string) =>
      schemaWith([t([{ ...column, default: `'${value}'::e` }])], [enumOf('e', values)])
    expect(changes(e(['a', 'b'], 'a'), e(['c', 'b'], 'c'), { renames: { 'e.a': 'c' } })).toEqual([
      'change enum e: rename a to c',
    ])
  })

  test.each([
    [{ nobody: 'people' }, 'nobody'],
    [{ users: 'nobody' }, 'users'],
    [{ 'users.nothing': 'full_name' }, 'users.nothing'],
    [{ 'users.name': 'nothing' }, 'users.name'],
    [{ users: 'z' }, 'users'],
  ])('%j is refused, by name', (renames, subject) => {
    const error = thrown(() =>
      comparing(actual, wanted, { renames: renames as Readonly<Record<string, string>> }),
    )
    expect(error).toBeInstanceOf(MigratorError)
    expect(error).toMatchObject({ code: 'INVALID_OPTION', subject: `renames.${subject}` })
  })
})

test('names with dots, quotes and spaces are compared like any other', () => {
  const odd = tableOf('a.b "c"', [columnOf("it's", 'text'), id], {
    ...key,
    indexes: [indexOf('i.j', [on("it's")])],
  })
  const moved = { ...odd, columns: [columnOf('x.y', 'text'), id], indexes: [indexOf('i.j', [on('x.y')])] }
  expect(changes(schemaWith([odd]), schemaWith([moved]), { renames: { 'a.b "c".it\'s': 'x.y' } })).toEqual([
    'rename column it\'s of a.b "c" to x.y',
  ])
})

test('a name is free for the new table when the old one that has it is dropped last', () => {
  const with_ = (name: string) => schemaWith([t([x], { indexes: [indexOf('i', [on('x')])] }, name)])
  expect(changes(with_('old'), with_('new'))).toEqual([
    'remove index i (x) from old',
    'create table new',
    'drop table old',
  ])
})
