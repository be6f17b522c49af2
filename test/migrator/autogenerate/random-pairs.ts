// Random models, and the same models after a few changes.

import fc from 'fast-check'
import { DataTypes, type ModelAttributeColumnOptions, type ModelAttributes, type Sequelize } from 'sequelize'
import type { EngineDialect } from '../../support/engines/index.js'
import { define, type ModelCase, modelsArb } from '../schema/models-support.js'

type Action = 'CASCADE' | 'RESTRICT' | 'NO ACTION' | 'SET NULL'

/** A key to one of the models, the own one too. */
interface Link {
  readonly column: string
  /** Counted among the names. */
  readonly target: number
  readonly onDelete: Action
  readonly onUpdate: Action
}

/** A model, and what `modelsArb` does not vary. */
interface Draft {
  readonly model: ModelCase
  readonly links: readonly Link[]
  readonly values: readonly string[] | undefined
  readonly comment: string | undefined
  readonly composite: boolean
}

/** Models before and after. */
export interface Pair {
  readonly before: readonly Draft[]
  readonly after: readonly Draft[]
}

const ACTIONS = ['CASCADE', 'RESTRICT', 'NO ACTION', 'SET NULL'] as const

const VALUES = [
  ['new', "it's", 'done'],
  ['new', "it's", 'between', 'done'],
  ['done', 'new', "it's"],
  ['new', "it's"],
  ['new', "it's", 'done', 'a,b'],
] as const

const draftsArb = (dialect: EngineDialect): fc.Arbitrary<readonly Draft[]> => {
  const link = fc.record({
    column: fc.constantFrom('own', 'otherOne', 'third'),
    target: fc.nat({ max: 6 }),
    onDelete: fc.constantFrom(...ACTIONS),
    onUpdate: fc.constantFrom(...ACTIONS),
  })
  const rest = fc.record({
    links: fc.uniqueArray(link, { maxLength: 2, selector: ({ column }) => column }),
    values: fc.constantFrom(undefined, ...VALUES),
    comment: fc.constantFrom(undefined, "it's a comment", 'another'),
    composite: fc.boolean(),
  })
  return fc
    .tuple(modelsArb(dialect), fc.array(rest, { minLength: 4, maxLength: 4 }))
    .map(([models, rests]) =>
      models.map((model, place) => ({ ...(rests[place] ?? outOf()), model }) satisfies Draft),
    )
}

const outOf = (): never => {
  throw new Error('There are as many drafts as models')
}

/** The columns that changes may take and give: what the indexes stand on stays. */
const ownColumns = ({ attributes }: ModelCase): readonly string[] =>
  Object.keys(attributes).filter((name) => !['id', 'part', 'n', 's', 't', 'parent'].includes(name))

const pick = <T>(items: readonly T[], place: number): T | undefined => items[place % items.length]

const withAttributes = (draft: Draft, attributes: ModelAttributes): Draft => ({
  ...draft,
  model: { ...draft.model, attributes },
})

const withColumn = (
  draft: Draft,
  name: string | undefined,
  change: (column: ModelAttributeColumnOptions) => ModelAttributeColumnOptions | undefined,
): Draft => {
  const former = name === undefined ? undefined : draft.model.attributes[name]
  if (name === undefined || typeof former !== 'object' || !('type' in former)) return draft
  const { [name]: _gone, ...others } = draft.model.attributes
  const changed = change(former)
  return withAttributes(
    draft,
    changed === undefined ? others : { ...draft.model.attributes, [name]: changed },
  )
}

const withOptions = (draft: Draft, options: Readonly<Record<string, unknown>>): Draft => ({
  ...draft,
  model: { ...draft.model, options: { ...draft.model.options, ...options } },
})

const keyOf = ({ attributes }: ModelCase): ModelAttributes =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => name === 'id' || name === 'part'))

/** One change of a model; what is new is taken from a donor. */
const CHANGES: Readonly<Record<string, (draft: Draft, donor: Draft, place: number) => Draft>> = {
  addColumn: (draft, donor, place) => {
    const name = pick(ownColumns(donor.model), place)
    const column = name === undefined ? undefined : donor.model.attributes[name]
    return name === undefined || column === undefined
      ? draft
      : withAttributes(draft, { ...draft.model.attributes, [name]: column })
  },
  dropColumn: (draft, _donor, place) =>
    withColumn(draft, pick(ownColumns(draft.model), place), () => undefined),
  replaceColumn: (draft, donor, place) =>
    withColumn(draft, pick(ownColumns(draft.model), place), (column) => {
      const other = donor.model.attributes[pick(ownColumns(donor.model), place) ?? '']
      return typeof other === 'object' && 'type' in other ? other : column
    }),
  nullability: (draft, _donor, place) =>
    withColumn(draft, pick(ownColumns(draft.model), place), ({ defaultValue, ...column }) => ({
      ...column,
      allowNull: column.allowNull === false,
      ...(defaultValue == null ? {} : { defaultValue }),
    })),
  unique: (draft, _donor, place) =>
    withColumn(draft, pick(ownColumns(draft.model), place), (column) =>
      column.unique === true ? { ...column, unique: false } : column,
    ),
  noDefault: (draft, _donor, place) =>
    withColumn(draft, pick(ownColumns(draft.model), place), ({ defaultValue: _gone, ...column }) => column),
  indexes: (draft, donor) => withOptions(draft, { indexes: donor.model.options.indexes }),
  firstIndex: (draft) => withOptions(draft, { indexes: draft.model.options.indexes.slice(1) }),
  timestamps: (draft) => withOptions(draft, { timestamps: draft.model.options['timestamps'] !== true }),
  paranoid: (draft) => withOptions(draft, { paranoid: draft.model.options['paranoid'] !== true }),
  underscored: (draft) => withOptions(draft, { underscored: draft.model.options['underscored'] !== true }),
  comment: (draft, donor) => ({
    ...withOptions(draft, { comment: donor.model.options['comment'] }),
    comment: donor.comment,
  }),
  links: (draft, donor) => ({ ...draft, links: donor.links }),
  values: (draft, donor) => ({ ...draft, values: donor.values }),
  composite: (draft) => ({ ...draft, composite: !draft.composite }),
  action: (draft, donor) =>
    withAttributes(draft, {
      ...draft.model.attributes,
      ...(donor.model.attributes['parent'] === undefined ? {} : { parent: donor.model.attributes['parent'] }),
    }),
  key: (draft, donor) => {
    const { id: _id, part: _part, ...others } = draft.model.attributes
    return withAttributes(draft, { ...keyOf(donor.model), ...others })
  },
}

/** Models before and after: the second a mutation of the first four times of five. */
export const pairsArb = (dialect: EngineDialect): fc.Arbitrary<Pair> => {
  const drafts = draftsArb(dialect)
  const change = fc.record({
    kind: fc.constantFrom(...Object.keys(CHANGES), 'addTable', 'dropTable'),
    table: fc.nat({ max: 11 }),
    place: fc.nat({ max: 11 }),
    donors: drafts,
  })
  const mutated = fc
    .tuple(drafts, fc.array(change, { minLength: 1, maxLength: 5 }))
    .map(([before, changes]): Pair => {
      let after = before
      for (const { kind, table, place, donors } of changes) {
        const donor = donors[0] ?? outOf()
        if (kind === 'addTable')
          after = after.some(({ model }) => model.name === donor.model.name) ? after : [...after, donor]
        else if (kind === 'dropTable') after = after.filter((_draft, one) => one !== table % after.length)
        else
          after = after.map((draft, one) =>
            one === table % after.length ? (CHANGES[kind]?.(draft, donor, place) ?? outOf()) : draft,
          )
      }
      return { before, after }
    })
  const independent = fc.tuple(drafts, drafts).map(([before, after]): Pair => ({ before, after }))
  return fc.noBias(fc.oneof({ weight: 4, arbitrary: mutated }, { weight: 1, arbitrary: independent }))
}

const NAMES = ['plain', 'Mixed Case', 'order', 'größe', 'a-b', 'snake_case', 'UPPER']

/** Defines the models of one side. */
export const defineDrafts = (sequelize: Sequelize, drafts: readonly Draft[]): void => {
  const byName = new Map(drafts.map((draft) => [draft.model.name, draft]))
  define(
    sequelize,
    drafts.map(({ model, links, values, comment, composite }): ModelCase => {
      const keys = links.flatMap(({ column, target, onDelete, onUpdate }) => {
        const name = NAMES[target] ?? ''
        const found = byName.get(name)?.model.attributes
        if (found === undefined || 'part' in found) return []
        const key = found['id']
        const type = typeof key === 'object' && 'type' in key ? key.type : DataTypes.INTEGER
        return [[column, { type, references: { model: name, key: 'id' }, onDelete, onUpdate }] as const]
      })
      const pair = composite
        ? {
            n: { type: DataTypes.INTEGER, unique: 'pair', ...(comment === undefined ? {} : { comment }) },
            t: { type: DataTypes.DATEONLY, unique: 'pair' },
          }
        : comment === undefined
          ? {}
          : { n: { type: DataTypes.INTEGER, comment } }
      const state =
        values === undefined
          ? {}
          : { state: { type: DataTypes.ENUM(...values), allowNull: false, defaultValue: 'new' } }
      return {
        ...model,
        attributes: { ...model.attributes, ...pair, ...state, ...Object.fromEntries(keys) },
      }
    }),
  )
}
