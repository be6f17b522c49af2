import fc from 'fast-check'
import {
  indexColumns,
  partColumns,
  primaryKeyServes,
  servesKey,
  uniqueOver,
} from '../../../src/migrator/autogenerate/standing.js'
import type { ComparisonTraits } from '../../../src/migrator/dialect-autogenerate.js'
import type { ModelTable } from '../../../src/migrator/schema/model-table.js'
import type {
  Column,
  EnumType,
  ForeignKeyConstraint,
  Index,
  KeyAction,
  Schema,
  Table,
} from '../../../src/migrator/schema/schema.js'
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
import { faultsOf } from './legal.js'

const KEY_COLUMNS = ['id', 'x', 'y']
const KEY_TYPES = ['integer', 'bigint', 'character varying(20)'] as const
const ENUMS = ['e1', 'e2']
const ACTIONS: readonly KeyAction[] = ['CASCADE', 'NO ACTION', 'SET NULL']

type Random = <Value>(values: readonly Value[]) => Value
type Chance = (percent: number) => boolean

const keyColumns = (chance: Chance): readonly string[] => {
  const columns = KEY_COLUMNS.filter(() => chance(45))
  return columns.length === 0 ? ['id'] : chance(20) ? [...columns].reverse() : columns
}

/** A schema that an engine of the kind could have. */
const schemaBy = (random: Random, chance: Chance, traits: ComparisonTraits): Schema => {
  const keyType = random(KEY_TYPES)
  const TABLES = ['a', 'b', 'c', 'd'].slice(0, random([2, 3, 4]))
  const isEnums = !traits.keysMayComeFirst && !traits.uniquesAreIndexes
  const enums: EnumType[] = isEnums
    ? ENUMS.filter(() => chance(60)).map((name) => ({
        schema: null,
        name,
        values: ['p', 'q', 'r', 's'].filter((value) => value === 'p' || chance(60)),
        comment: null,
      }))
    : []
  const relations = new Set<string>(TABLES)
  const free = (name: string): string | undefined => {
    if (relations.has(name)) return undefined
    relations.add(name)
    return name
  }
  const columnsOf = (): Column[] => {
    const names = ['id', 'x', 'y', 'z', 'v'].filter((name) => name === 'id' || chance(75))
    const columns = names.map((name) => {
      const nullable = chance(50)
      const isKey = KEY_COLUMNS.includes(name)
      const type = isKey ? keyType : random(['text', 'integer', 'character varying(20)'])
      const enumType = isKey || enums.length === 0 || chance(50) ? undefined : random(enums)
      if (enumType !== undefined) {
        const value = chance(50) ? `'${random(enumType.values)}'::${enumType.name}` : null
        return columnOf(name, enumType.name, {
          nullable,
          default: value,
          enumType: { schema: null, name: enumType.name },
        })
      }
      return columnOf(name, type, {
        nullable,
        default: chance(30) ? random(["'1'", "'2'"]) : null,
        comment: traits.comments && chance(20) ? random(['one', 'two']) : null,
      })
    })
    if (chance(30)) {
      const base = random(names)
      const expression = random([`(${base} + 1)`, `(${base} + 2)`])
      columns.push(columnOf('g', 'integer', { generated: { expression, stored: chance(50) } }))
      if (chance(30) && traits.columnsIgnoreCase)
        columns.push(columnOf('h', 'integer', { generated: { expression: '(g + 1)', stored: true } }))
    }
    return chance(30) ? columns.reverse() : columns
  }
  const tables = TABLES.filter(() => chance(75)).map((name): Table => {
    let columns = columnsOf()
    const has = (list: readonly string[]): boolean =>
      list.every((one) => columns.some((column) => column.name === one))
    const key = keyColumns(chance)
    const primaryKey =
      chance(85) && has(key)
        ? primaryKeyOf(key, { name: traits.uniquesAreIndexes ? null : `${name}_pkey` })
        : null
    columns = columns.map((column) =>
      primaryKey?.parts.some((part) => part.column === column.name)
        ? { ...column, nullable: false, default: null }
        : column,
    )
    const [first] = key
    const canNumber = primaryKey !== null && keyType !== 'character varying(20)' && chance(40)
    if (canNumber && (traits.uniquesAreIndexes || key.length === 1)) {
      const kind = traits.keysMayComeFirst || traits.uniquesAreIndexes ? 'autoincrement' : 'serial'
      columns = columns.map((column) =>
        column.name === first ? { ...column, autoIncrement: { kind, sequence: null } } : column,
      )
    }
    const names = columns.map((column) => column.name)
    const indexes: Index[] = []
    for (const number of [1, 2, 3]) {
      if (chance(55)) continue
      const list = names.filter(() => chance(35))
      const parts =
        list.length === 0
          ? [by(`lower(${random(names)})`)]
          : list.map((one) => on(one, chance(15) ? { direction: 'desc' } : {}))
      const indexName = traits.uniquesAreIndexes
        ? `i${number}`
        : free(random([`i${number}`, `${name}_i${number}`]))
      if (indexName === undefined) continue
      const where = !traits.uniquesAreIndexes && chance(20) ? `(${random(names)} > 0)` : null
      indexes.push(
        indexOf(indexName, parts, { unique: chance(30), where, comment: chance(5) ? 'kept' : null }),
      )
    }
    const uniques = []
    const uniqueColumns = keyColumns(chance)
    if (chance(45) && has(uniqueColumns)) {
      if (traits.uniquesAreIndexes)
        indexes.push(
          indexOf(
            'u',
            uniqueColumns.map((one) => on(one)),
            { unique: true },
          ),
        )
      else {
        const uniqueName = traits.keysMayComeFirst && chance(50) ? null : free(random(['u', `${name}_u`]))
        if (uniqueName !== undefined) uniques.push(uniqueOf(uniqueColumns, { name: uniqueName }))
      }
    }
    const checks = ['k1', 'k2']
      .filter(() => chance(25))
      .map((check) => checkOf(`(${random(names)} > ${random(['0', '1'])})`, { name: check }))
    const comment = traits.comments && chance(20) ? random(['one', 'two']) : null
    return tableOf(name, columns, { primaryKey, indexes, uniques, checks, comment })
  })
  return { tables: withKeys(tables, random, chance, traits), enums }
}

const withKeys = (
  tables: readonly Table[],
  random: Random,
  chance: Chance,
  traits: ComparisonTraits,
): Table[] => {
  let number = 0
  return tables.map((table) => {
    const foreignKeys: ForeignKeyConstraint[] = []
    for (let count = 0; count < 2; count++) {
      if (chance(45) || tables.length === 0) continue
      const target = random(tables)
      const targets = [
        ...(target.primaryKey === null ? [] : [partColumns(target.primaryKey.parts)]),
        ...target.uniques.map(({ parts }) => partColumns(parts)),
        ...target.indexes.filter((index) => index.unique && index.where === null).map(indexColumns),
      ].filter(
        (list) =>
          list.length > 0 &&
          list.every((name) => KEY_COLUMNS.includes(name)) &&
          uniqueOver(target, list).length > 0 &&
          isTarget(target, list, traits),
      )
      if (targets.length === 0) continue
      const targetColumns = random(targets)
      const columns = targetColumns.length === 1 ? [random(KEY_COLUMNS)] : targetColumns
      if (
        !columns.every((name) =>
          table.columns.some((column) => column.name === name && column.generated === null),
        )
      )
        continue
      const name =
        traits.keysMayComeFirst && chance(60)
          ? null
          : traits.uniquesAreIndexes
            ? `f${++number}`
            : random([`f${count}`, `${table.name}_f${count}`])
      const key = foreignKeyOf(columns, target.name, targetColumns, { name, onDelete: random(ACTIONS) })
      if (!foreignKeys.some((other) => other.columns.join() === columns.join())) foreignKeys.push(key)
    }
    const indexes = [...table.indexes]
    if (traits.keysMakeIndexes)
      for (const key of foreignKeys)
        if (!primaryKeyServes(table, key.columns) && !indexes.some((index) => servesKey(index, key.columns)))
          indexes.push(
            indexOf(
              key.name ?? '',
              key.columns.map((name) => on(name)),
            ),
          )
    return { ...table, foreignKeys, indexes }
  })
}

const isTarget = (target: Table, list: readonly string[], traits: ComparisonTraits): boolean =>
  !traits.keysMakeIndexes ||
  primaryKeyServes(target, list) ||
  target.indexes.some((index) => servesKey(index, list))

/** A generator of numbers from a seed (mulberry32), which is all that a failure has to print. */
const randomOf = (seed: number): { readonly random: Random; readonly chance: Chance } => {
  let state = seed
  const next = (below: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
  const random: Random = (values) => {
    const value = values[next(values.length)]
    if (value === undefined) throw new Error('There is nothing to choose from')
    return value
  }
  return { random, chance: (percent) => next(100) < percent }
}

/** The schema of a seed: one that an engine of the kind could have. */
export const schemaOf = (seed: number, traits: ComparisonTraits): Schema => {
  const { random, chance } = randomOf(seed)
  return schemaBy(random, chance, traits)
}

/** Seeds of schemas. */
export const anySeed = (traits: ComparisonTraits): fc.Arbitrary<number> =>
  fc.noShrink(fc.nat(1_000_000_000).filter((seed) => faultsOf(schemaOf(seed, traits), traits).length === 0))

/** What models would have to say to want the schema. */
export const modelsOf = (
  schema: Schema,
  options: { readonly isNamed: boolean; readonly checks: boolean },
): readonly ModelTable[] =>
  schema.tables.map((table) => ({
    schema: table.schema,
    name: table.name,
    models: [table.name],
    columns: table.columns.map(({ name, generated, collation }) => ({
      name,
      attribute: {},
      generated: generated ?? undefined,
      collation: collation ?? undefined,
    })),
    uniques: table.uniques.map(({ name, parts }) => ({
      name: name ?? '',
      isNamed: options.isNamed,
      columns: partColumns(parts),
    })),
    indexes: table.indexes
      .filter(({ name }) => !table.foreignKeys.some((key) => key.name === name))
      .map(({ name }) => ({ name, isNamed: options.isNamed, options: {} })),
    checks: options.checks
      ? table.checks.map(({ name, expression }) => (name === null ? { expression } : { name, expression }))
      : undefined,
    comment: table.comment ?? undefined,
    options: {},
  }))
