import fc from 'fast-check'
import * as sequelizePackage from 'sequelize'
import { DataTypes, Op, Sequelize } from 'sequelize'
import { describe, expect, test } from 'vitest'
import { renderCall, renderLiteral, Verbatim } from '../../../src/migrator/render/literals.js'
import { runs, thrown } from '../support.js'

/** What the source means, with `sequelize` at hand as a file imports it. */
const evaluate = (source: string): unknown =>
  new Function('DataTypes', 'Op', 'Sequelize', `'use strict'; return (${source}\n)`)(
    sequelizePackage.DataTypes,
    sequelizePackage.Op,
    sequelizePackage.Sequelize,
  )

const text = (value: unknown): string => renderLiteral(value).text

describe('values', () => {
  const cases: readonly (readonly [value: unknown, source: string])[] = [
    ['plain', "'plain'"],
    ["it's", '"it\'s"'],
    [`it's "so"`, '`it\'s "so"`'],
    ['two\nlines', '`two\nlines`'],
    [`'"\``, "'\\'\"`'"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the case.
    ['\'"${x}', "'\\'\"${x}'"],
    ['C:\\temp', "'C:\\\\temp'"],
    ['\r\t\0\u2028\ud800', "'\\r\\t\\u0000\\u2028\\ud800'"],
    ['ß 日本 👩‍👧', "'ß 日本 👩‍👧'"],
    [0.1, '0.1'],
    [-0, '-0'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
    [9007199254740993n, '9007199254740993n'],
    [true, 'true'],
    [null, 'null'],
    [undefined, 'undefined'],
    [[1, 'a', [null]], "[1, 'a', [null]]"],
    [[], '[]'],
    [{}, '{}'],
    [{ a: 1, 'b-c': 2, ['__proto__']: 3 }, "{ a: 1, 'b-c': 2, ['__proto__']: 3 }"],
    [new Date('2026-03-01T12:00:00.123Z'), "new Date('2026-03-01T12:00:00.123Z')"],
    [Buffer.from([0, 255]), "Buffer.from('00ff', 'hex')"],
    [{ [Op.gt]: 3, [Op.and]: [] }, '{ [Op.gt]: 3, [Op.and]: [] }'],
    [Sequelize.literal("now() + '1 day'"), 'Sequelize.literal("now() + \'1 day\'")'],
    [Sequelize.fn('lower', Sequelize.col('name'), 3), "Sequelize.fn('lower', Sequelize.col('name'), 3)"],
    [Sequelize.cast('1', 'integer'), "Sequelize.cast('1', 'integer')"],
    [Sequelize.json('a.b', 'c'), "Sequelize.json('a.b', 'c')"],
    [Sequelize.json('a.b'), "Sequelize.json('a.b')"],
    [Sequelize.json({ a: 1 }), 'Sequelize.json({ a: 1 })'],
    [Sequelize.where(Sequelize.col('a'), '>', 3), "Sequelize.where(Sequelize.col('a'), '>', 3)"],
    [Sequelize.where(Sequelize.col('a'), 3 as never), "Sequelize.where(Sequelize.col('a'), '=', 3)"],
    [new Verbatim('op.exactText(255)'), 'op.exactText(255)'],
  ]
  test.each(cases.map(([value, source]) => [source, value] as const))('%s', (source, value) => {
    expect(text(value)).toBe(source)
    if (!(value instanceof Verbatim)) expect(evaluate(source)).toEqual(value)
  })

  test('keep their names where they use the package', () => {
    expect([...renderLiteral({ type: DataTypes.INTEGER }).sequelizeNames]).toEqual(['DataTypes'])
    expect([...renderLiteral([Sequelize.literal('1'), { [Op.gt]: 1 }]).sequelizeNames].sort()).toEqual([
      'Op',
      'Sequelize',
    ])
    expect([...renderLiteral('DataTypes').sequelizeNames]).toEqual([])
  })

  test.each([
    ['a function', () => 1],
    ['a Map', new Map()],
    ['Symbol(own)', Symbol('own')],
    ['a class of its own', new (class Money {})()],
  ])('that cannot be written are refused: %s', (_what, value) => {
    expect(thrown(() => text({ value })).code).toBe('NOT_RENDERABLE')
  })

  test('that contain themselves are refused, and those that are there twice are not', () => {
    const circle: { self?: unknown } = {}
    circle.self = [circle]
    expect(thrown(() => text(circle)).code).toBe('NOT_RENDERABLE')
    const twice = { a: 1 }
    expect(text([twice, twice])).toBe('[{ a: 1 }, { a: 1 }]')
  })

  test('come back equal, whatever they are', () => {
    const value = fc.anything({
      withBigInt: true,
      withDate: true,
      withNullPrototype: false,
      withSparseArray: false,
      key: fc.string({ unit: 'binary' }).filter((key) => key !== '__proto__'),
      values: [fc.string({ unit: 'binary' }), fc.double(), fc.integer(), fc.boolean(), fc.constant(null)],
    })
    fc.assert(
      fc.property(value, (given) => {
        expect(evaluate(text(given))).toStrictEqual(given)
      }),
      runs(300, 5000),
    )
  })

  test('are broken where they are too long for a line', () => {
    const values = ['one value that is long', 'another value that is long', 'and a third of all']
    expect(
      text({ type: DataTypes.ENUM(...values), allowNull: false, comment: 'which of the three it is' }),
    ).toBe(`{
  type: DataTypes.ENUM('one value that is long', 'another value that is long', 'and a third of all'),
  allowNull: false,
  comment: 'which of the three it is',
}`)
    const attributes = Object.fromEntries(
      ['a', 'b', 'c'].map((name) => [name, { type: DataTypes.DECIMAL(10, 2) }]),
    )
    expect(
      renderCall('await op.createTable', ['notes', attributes], 2).text,
    ).toBe(`await op.createTable('notes', {
    a: { type: DataTypes.DECIMAL(10, 2) },
    b: { type: DataTypes.DECIMAL(10, 2) },
    c: { type: DataTypes.DECIMAL(10, 2) },
  })`)
    expect(renderCall('await op.dropTable', ['notes']).text).toBe("await op.dropTable('notes')")
  })
})

describe('data types', () => {
  const sqlOf = (type: unknown): string => String((type as { toSql(): unknown }).toSql())

  const instances: Readonly<Record<string, unknown>> = {
    'DataTypes.STRING(40)': DataTypes.STRING(40),
    'DataTypes.STRING(40).BINARY': DataTypes.STRING(40, true),
    'DataTypes.STRING({ binary: true })': DataTypes.STRING({ binary: true }),
    'DataTypes.CHAR(2)': DataTypes.CHAR(2),
    'DataTypes.CHAR({ binary: true })': DataTypes.CHAR({ binary: true }),
    "DataTypes.TEXT('tiny')": DataTypes.TEXT('tiny'),
    "DataTypes.BLOB('long')": DataTypes.BLOB('long'),
    'DataTypes.INTEGER({ length: 5 })': DataTypes.INTEGER({ length: 5 }),
    'DataTypes.INTEGER.UNSIGNED': DataTypes.INTEGER.UNSIGNED,
    'DataTypes.INTEGER({ length: 5 }).UNSIGNED.ZEROFILL': DataTypes.INTEGER({
      length: 5,
      zerofill: true,
      unsigned: true,
    }),
    'DataTypes.BIGINT.UNSIGNED': DataTypes.BIGINT({ unsigned: true }),
    'DataTypes.TINYINT({ length: 1 })': DataTypes.TINYINT({ length: 1 }),
    'DataTypes.SMALLINT.ZEROFILL': DataTypes.SMALLINT.ZEROFILL,
    'DataTypes.INTEGER({ length: 3, decimals: 2 })': DataTypes.INTEGER({ length: 3, decimals: 2 }),
    'DataTypes.FLOAT(11, 10)': DataTypes.FLOAT(11, 10),
    'DataTypes.FLOAT(11).UNSIGNED': DataTypes.FLOAT(11).UNSIGNED,
    'DataTypes.REAL(11, 10)': DataTypes.REAL(11, 10),
    'DataTypes.DOUBLE(11, 10)': DataTypes.DOUBLE(11, 10),
    'DataTypes.DOUBLE({ decimals: 2 })': DataTypes.DOUBLE({ decimals: 2 }),
    'DataTypes.DECIMAL(10, 2)': DataTypes.DECIMAL(10, 2),
    'DataTypes.DECIMAL(10)': DataTypes.DECIMAL(10),
    'DataTypes.DECIMAL(10, 0)': DataTypes.DECIMAL(10, 0),
    'DataTypes.DATE(3)': DataTypes.DATE(3),
    "DataTypes.ENUM('a', 'b')": DataTypes.ENUM('a', 'b'),
    'DataTypes.ENUM("it\'s")': DataTypes.ENUM({ values: ["it's"] }),
    'DataTypes.ARRAY(DataTypes.STRING(40))': DataTypes.ARRAY(DataTypes.STRING(40)),
    'DataTypes.ARRAY(DataTypes.ARRAY(DataTypes.INTEGER))': DataTypes.ARRAY(
      DataTypes.ARRAY(DataTypes.INTEGER),
    ),
    'DataTypes.RANGE(DataTypes.DATE)': DataTypes.RANGE(DataTypes.DATE),
    'DataTypes.RANGE(DataTypes.DECIMAL(10, 2))': DataTypes.RANGE(DataTypes.DECIMAL(10, 2) as never),
    "DataTypes.GEOMETRY('POINT', 4326)": DataTypes.GEOMETRY('POINT', 4326),
    "DataTypes.GEOGRAPHY('POINT')": DataTypes.GEOGRAPHY('POINT'),
    "DataTypes.VIRTUAL(DataTypes.INTEGER, ['a'])": DataTypes.VIRTUAL(DataTypes.INTEGER, ['a']),
    "DataTypes.VIRTUAL(undefined, ['a'])": DataTypes.VIRTUAL(undefined as never, ['a']),
    'DataTypes.VIRTUAL(DataTypes.INTEGER)': DataTypes.VIRTUAL(DataTypes.INTEGER),
  }
  test.each(Object.entries(instances))('%s', (source, type) => {
    expect(text(type)).toBe(source)
    expect(sqlOf(evaluate(source))).toBe(sqlOf(type))
    // Whatever wrote it: it is the same type when it is written again.
    expect(text(evaluate(source))).toBe(source)
  })

  // The engines' own tables of types are no types.
  const members = Object.entries(DataTypes as unknown as Record<string, unknown>).filter(
    ([, type]) => typeof type === 'function',
  )
  test('are all there', () => expect(members.length).toBe(39))

  const sameAs: Readonly<Record<string, string>> = { NUMERIC: 'DECIMAL', 'DOUBLE PRECISION': 'DOUBLE' }
  test.each(members)('%s, as a class and as an instance', (name, given) => {
    const type = given as new () => object
    const source = `DataTypes.${sameAs[name] ?? name}`
    expect(text({ type })).toBe(`{ type: ${source} }`)
    const isRange = name === 'RANGE'
    const ofInstance = isRange ? `${source}(DataTypes.INTEGER)` : name === 'ENUM' ? `${source}()` : source
    if (name !== 'ARRAY') expect(text(new type())).toBe(ofInstance)
    expect((evaluate(source) as { key: string }).key).toBe((given as { key: string }).key)
  })

  test.each(['postgres', 'mysql', 'mariadb', 'sqlite'] as const)(
    'of %s, as its instances normalize them',
    (engine) => {
      const types = (
        DataTypes as unknown as Record<string, Record<string, new (...given: unknown[]) => object>>
      )[engine]
      for (const [name, type] of Object.entries(types ?? {})) {
        // An engine's own additions are exported nowhere; its HSTORE needs a package more.
        if (!(name in DataTypes) || name === 'HSTORE') continue
        expect(
          text(name === 'ENUM' ? new type('a') : name === 'ARRAY' ? new type(DataTypes.DATE) : new type()),
        ).toMatch(new RegExp(`^DataTypes\\.${sameAs[name] ?? name}(\\(.*\\))?$`, 'u'))
      }
    },
  )

  test('that DataTypes has no name for are refused', () => {
    class MONEY extends (DataTypes.ABSTRACT as unknown as new () => object) {
      readonly key = 'MONEY'
      toSql(): string {
        return 'MONEY'
      }
    }
    expect(thrown(() => text(new MONEY())).message).toMatch(/MONEY/u)
  })
})
