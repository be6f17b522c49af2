import fc from 'fast-check'
import {
  type DataType,
  DataTypes,
  type IndexesOptions,
  type ModelAttributeColumnOptions,
  type ModelAttributes,
  Op,
  type Sequelize,
} from 'sequelize'
import type { EngineDialect } from '../../support/engines/index.js'

/** A data type of Sequelize's, and defaults that its column can have. */
interface TypeCase {
  readonly type: DataType
  readonly defaults?: readonly unknown[]
  /** Whether it cannot be in a unique constraint or a plain index. */
  readonly isBare?: true
}

const texts = ['', "it's", 'a "b"', 'null', '0', 'semi; -- colon']
const numbers = [0, -1, 7]

const everywhere: readonly TypeCase[] = [
  { type: DataTypes.STRING, defaults: texts },
  { type: DataTypes.STRING(40), defaults: texts },
  { type: DataTypes.STRING(20, true) },
  { type: DataTypes.CHAR(7), defaults: ['abc'] },
  { type: DataTypes.TEXT, isBare: true },
  { type: DataTypes.BOOLEAN, defaults: [true, false] },
  { type: DataTypes.INTEGER, defaults: numbers },
  { type: DataTypes.SMALLINT, defaults: numbers },
  { type: DataTypes.BIGINT, defaults: [...numbers, '9223372036854775807'] },
  { type: DataTypes.FLOAT, defaults: [1.5] },
  { type: DataTypes.REAL, defaults: [-0.25] },
  { type: DataTypes.DOUBLE, defaults: [1e-7] },
  { type: DataTypes.DECIMAL, defaults: numbers },
  { type: DataTypes.DECIMAL(10, 3), defaults: [1.5] },
  { type: DataTypes.TIME, defaults: ['10:00:00'] },
  { type: DataTypes.DATE, defaults: [DataTypes.NOW, new Date(86_400_000)] },
  { type: DataTypes.DATE(3) },
  { type: DataTypes.DATEONLY, defaults: ['2020-02-29'] },
  { type: DataTypes.BLOB, isBare: true },
  { type: DataTypes.BLOB('tiny'), isBare: true },
  { type: DataTypes.UUID, defaults: [DataTypes.UUIDV1, DataTypes.UUIDV4] },
  { type: DataTypes.ENUM('b', 'a', "it's", 'x y;'), defaults: ['b', "it's"] },
  { type: DataTypes.JSON, isBare: true },
  { type: new DataTypes.VIRTUAL(DataTypes.INTEGER), isBare: true },
]

const sized: readonly TypeCase[] = [
  { type: DataTypes.MEDIUMINT, defaults: numbers },
  { type: DataTypes.TINYINT, defaults: numbers },
  { type: DataTypes.INTEGER.UNSIGNED, defaults: [1] },
  { type: DataTypes.INTEGER({ length: 5, unsigned: true, zerofill: true }), defaults: [1] },
  { type: DataTypes.BIGINT({ length: 12, unsigned: true }) },
  { type: DataTypes.FLOAT(7, 2), defaults: [1.5] },
  { type: DataTypes.DOUBLE(9, 3).UNSIGNED },
  { type: DataTypes.DECIMAL(8, 2).UNSIGNED },
  { type: DataTypes.TEXT('tiny'), isBare: true },
  { type: DataTypes.TEXT('long'), isBare: true },
  { type: DataTypes.BLOB('medium'), isBare: true },
]

const own: Readonly<Record<EngineDialect, readonly TypeCase[]>> = {
  sqlite: [...sized, { type: DataTypes.CITEXT }, { type: DataTypes.STRING(255, true) }],
  mysql: [
    ...sized,
    { type: DataTypes.GEOMETRY, isBare: true },
    { type: DataTypes.GEOMETRY('POINT'), isBare: true },
    { type: DataTypes.CHAR(3).BINARY },
  ],
  postgres: [
    { type: DataTypes.JSONB, defaults: [{ a: "it's" }], isBare: true },
    { type: DataTypes.TSVECTOR, isBare: true },
    { type: DataTypes.INET, defaults: ['10.0.0.1'] },
    { type: DataTypes.CIDR },
    { type: DataTypes.MACADDR },
    { type: DataTypes.CITEXT, defaults: texts },
    { type: DataTypes.ARRAY(DataTypes.INTEGER), defaults: [[1, 2], []] },
    { type: DataTypes.ARRAY(DataTypes.STRING(9)), defaults: [["it's", '"']] },
    { type: DataTypes.ARRAY(DataTypes.ENUM('x', 'y')) },
    { type: DataTypes.RANGE(DataTypes.INTEGER) },
    { type: DataTypes.RANGE(DataTypes.DATE) },
    { type: DataTypes.RANGE(DataTypes.DECIMAL) },
    { type: DataTypes.RANGE(DataTypes.DATEONLY) },
    { type: DataTypes.RANGE(DataTypes.BIGINT) },
  ],
}

/** Every data type that Sequelize 6 has for an engine; PostGIS's are not installed anywhere. */
export const typesOf = (dialect: EngineDialect): readonly TypeCase[] => [...everywhere, ...own[dialect]]

/** What a random model is defined with. */
export interface ModelCase {
  readonly name: string
  readonly attributes: ModelAttributes
  readonly options: { readonly indexes: readonly IndexesOptions[]; readonly [option: string]: unknown }
}

// With a quote in its name sync() fails.
const NAMES = ['plain', 'Mixed Case', 'order', 'größe', 'a-b', 'snake_case', 'UPPER']
// Sequelize names enum types and constraints after these, not all of it with quotes.
const COLUMNS = ['plain', 'camelCase', 'group', 'snake_case', 'größe', 'with space', 'UPPER']
const ACTIONS = ['CASCADE', 'RESTRICT', 'NO ACTION', 'SET NULL'] as const

const attributeArb = (dialect: EngineDialect): fc.Arbitrary<ModelAttributeColumnOptions> =>
  fc.constantFrom(...typesOf(dialect)).chain(({ type, defaults = [], isBare = false }) =>
    fc
      .record({
        allowNull: fc.boolean(),
        unique: isBare ? fc.constant(false) : fc.boolean(),
        defaultValue: fc.constantFrom(undefined, null, ...defaults),
      })
      .map(({ allowNull, unique, defaultValue }) => ({
        type,
        allowNull,
        unique,
        // A required column whose default is NULL is refused by some servers.
        ...(defaultValue === undefined || (defaultValue === null && !allowNull) ? {} : { defaultValue }),
      })),
  )

const keyArb: fc.Arbitrary<ModelAttributes> = fc.constantFrom<ModelAttributes>(
  {},
  { id: { type: DataTypes.BIGINT, primaryKey: true, autoIncrement: true } },
  { id: { type: DataTypes.UUID, primaryKey: true, defaultValue: DataTypes.UUIDV4 } },
  { id: { type: DataTypes.STRING(36), primaryKey: true } },
  {
    id: { type: DataTypes.INTEGER, primaryKey: true },
    part: { type: DataTypes.STRING(9), primaryKey: true },
  },
)

const indexesArb = (dialect: EngineDialect): fc.Arbitrary<readonly IndexesOptions[]> => {
  const fields = fc.uniqueArray(fc.constantFrom('n', 's', 't'), { minLength: 1 })
  const isPostgres = dialect === 'postgres'
  const index = fc.record(
    {
      fields: fields.chain((names) =>
        fc.tuple(
          ...names.map((name) =>
            fc.constantFrom<
              string | { name: string; order?: 'ASC' | 'DESC'; length?: number; collate?: string }
            >(
              name,
              { name, order: 'DESC' },
              name === 's' && dialect === 'mysql' ? { name, length: 5 } : { name, order: 'ASC' },
              name === 's' && dialect !== 'mysql' ? { name, collate: isPostgres ? 'C' : 'NOCASE' } : { name },
            ),
          ),
        ),
      ),
      unique: fc.boolean(),
      ...(dialect === 'mysql'
        ? {}
        : { where: fc.constantFrom({ n: 1 }, { s: "it's" }, { n: { [Op.gt]: 3 }, s: { [Op.ne]: null } }) }),
    },
    { requiredKeys: ['fields'] },
  )
  return fc
    .array(index, { maxLength: 3 })
    .map((all) => all.map((one) => ({ ...one, fields: [...one.fields] })))
}

/** Models with random columns, keys, references and indexes, each of which can be made. */
export const modelsArb = (dialect: EngineDialect): fc.Arbitrary<readonly ModelCase[]> => {
  const model = fc.record({
    key: keyArb,
    columns: fc.dictionary(fc.constantFrom(...COLUMNS), attributeArb(dialect), {
      maxKeys: 5,
      noNullPrototype: true,
    }),
    indexes: indexesArb(dialect),
    timestamps: fc.boolean(),
    paranoid: fc.boolean(),
    underscored: fc.boolean(),
    comment: fc.constantFrom(undefined, 'a comment'),
    action: fc.constantFrom(...ACTIONS),
  })
  return fc
    .tuple(
      fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 4 }),
      fc.array(model, { minLength: 4, maxLength: 4 }),
    )
    .map(([names, models]) =>
      names.map((name, place): ModelCase => {
        const { key, columns, action, ...options } = models[place] ?? fail()
        const indexed = { n: DataTypes.INTEGER, s: DataTypes.STRING(30), t: DataTypes.DATEONLY }
        const references = { type: DataTypes.INTEGER, references: { model: 'target', key: 'id' } }
        const parent = { parent: { ...references, onDelete: action, onUpdate: action } }
        return { name, attributes: { ...key, ...columns, ...indexed, ...parent }, options }
      }),
    )
}

const fail = (): never => {
  throw new Error('There are as many models as names')
}

/** Defines the models, and the table that they refer to. */
export const define = (sequelize: Sequelize, models: readonly ModelCase[]): void => {
  sequelize.define('target', {}, { freezeTableName: true })
  for (const { name, attributes, options } of models) {
    // Sequelize writes into what it is given. It would give the same name to two indexes.
    const own = Object.entries(attributes).map(([column, attribute]) => [
      column,
      typeof attribute === 'object' && 'type' in attribute ? { ...attribute } : attribute,
    ])
    const indexes = options.indexes.map((index, place) => ({ ...index, name: `${name} index ${place}` }))
    sequelize.define(name, Object.fromEntries(own), { ...options, indexes, freezeTableName: true })
  }
}
