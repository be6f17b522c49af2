import fc from 'fast-check'
import { expect, describe as group, test } from 'vitest'
import { compareSchemas } from '../../../src/migrator/autogenerate/compare.js'
import { planChanges } from '../../../src/migrator/autogenerate/plan.js'
import { type CompareSettings, DEFAULT_COMPARE } from '../../../src/migrator/autogenerate/settings.js'
import { describe } from '../../../src/migrator/operations/describe.js'
import { invertAll } from '../../../src/migrator/operations/invert.js'
import { canonicalSchema } from '../../../src/migrator/schema/canonical.js'
import type { Schema } from '../../../src/migrator/schema/schema.js'
import { runs } from '../support.js'
import { ENGINES } from './engines.js'
import { faultsOf, run } from './legal.js'
import { anySeed, modelsOf, schemaOf } from './random-schema.js'

/** Without the order of columns, which means nothing. */
const unordered = (schema: Schema): Schema =>
  canonicalSchema({
    ...schema,
    tables: schema.tables.map((table) => ({
      ...table,
      columns: table.columns.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    })),
  })

type Switch = keyof CompareSettings

const switched = (name: Switch): CompareSettings => ({
  ...DEFAULT_COMPARE,
  [name]: name === 'extraTables' ? 'keep' : !DEFAULT_COMPARE[name],
})

/** One switch the other way round, or none. */
const anySettings = fc
  .constantFrom(undefined, ...(Object.keys(DEFAULT_COMPARE) as Switch[]))
  .map((name) => (name === undefined ? DEFAULT_COMPARE : switched(name)))

/** Pairs whose comparison did not come to rest at once, or led to a key without the index that it needs. */
const RESTLESS: readonly (readonly [
  engine: string,
  one: number,
  other: number,
  name: Switch | undefined,
  isNamed: boolean,
  checks: boolean,
])[] = [
  ['strict', 2032711757, 353907070, 'extraIndexes', false, true],
  ['strict', 1833229434, 459366685, 'types', true, false],
  ['strict', 647604942, 1766189550, 'foreignKeyActions', false, true],
  ['strict', 745777587, 1161527416, 'extraIndexes', false, false],
  ['indexed', 146103903, 645022250, undefined, false, false],
  ['indexed', 991514948, 450014219, 'extraTables', true, true],
  ['indexed', 287854931, 826178211, 'indexes', true, false],
  ['indexed', 1161336995, 984964357, 'columns', false, false],
  ['indexed', 1120260820, 324327113, 'autoIncrement', false, true],
  ['indexed', 1961485729, 323628329, 'extraIndexes', false, true],
  ['indexed', 262551741, 1334088864, 'indexes', true, false],
  ['indexed', 564791635, 752114420, 'primaryKeys', false, false],
  ['indexed', 364970585, 1686752194, 'names', true, true],
  ['indexed', 1459757097, 701403923, 'indexes', true, true],
  ['indexed', 795598025, 862205474, 'primaryKeys', false, false],
  ['indexed', 1101995133, 1237128853, 'uniques', true, false],
]

group.each(ENGINES)('on an engine that is %s', (engine, traits) => {
  const seeds = anySeed(traits)

  test('most random schemas could be there, and have keys', () => {
    const all = Array.from({ length: 300 }, (_, seed) => schemaOf(seed, traits))
    const legal = all.filter((schema) => faultsOf(schema, traits).length === 0)
    expect(legal.length).toBeGreaterThan(150)
    const keys = legal.flatMap(({ tables }) => tables.flatMap(({ foreignKeys }) => foreignKeys))
    expect(keys.length).toBeGreaterThan(150)
  })

  test('a plan can be run step by step and leads from any schema to any other, and back exactly', () => {
    fc.assert(
      fc.property(seeds, seeds, (one, other) => {
        const [from, to] = [schemaOf(one, traits), schemaOf(other, traits)]
        const operations = planChanges(from, to, traits)
        const after = run(from, operations, traits)
        expect(unordered(after)).toEqual(unordered(to))
        expect(canonicalSchema(run(after, invertAll(operations), traits, true))).toEqual(
          canonicalSchema(from),
        )
      }),
      runs(120, 20_000),
    )
  })

  const converges = (
    one: number,
    other: number,
    settings: CompareSettings,
    isNamed: boolean,
    checks: boolean,
  ) => {
    const [actual, wanted] = [schemaOf(one, traits), schemaOf(other, traits)]
    const input = { wanted, tables: modelsOf(wanted, { isNamed, checks }), traits, settings }
    const { operations, after } = compareSchemas({ actual, ...input })
    const now = run(actual, operations, traits)
    expect(unordered(now)).toEqual(unordered(after))
    expect(compareSchemas({ actual: now, ...input }).operations.map(describe)).toEqual([])
    expect(canonicalSchema(run(now, invertAll(operations), traits, true))).toEqual(canonicalSchema(actual))
  }

  const scale = runs(120, 20_000)

  test('a comparison converges and returns', () => {
    fc.assert(
      fc.property(seeds, seeds, fc.boolean(), fc.boolean(), (one, other, isNamed, checks) =>
        converges(one, other, DEFAULT_COMPARE, isNamed, checks),
      ),
      scale,
    )
  })

  test('so it does with each switch the other way round', () => {
    fc.assert(fc.property(seeds, seeds, anySettings, fc.boolean(), fc.boolean(), converges), scale)
  })

  test.each(RESTLESS.filter(([name]) => name === engine))(
    'what once took a second comparison takes one: %j',
    (_name, one, other, name, isNamed, checks) =>
      converges(one, other, name === undefined ? DEFAULT_COMPARE : switched(name), isNamed, checks),
  )

  test('a schema is no different from itself', () => {
    fc.assert(
      fc.property(seeds, fc.boolean(), (seed, isNamed) => {
        const schema = schemaOf(seed, traits)
        const tables = modelsOf(schema, { isNamed, checks: true })
        expect(
          compareSchemas({ actual: schema, wanted: schema, tables, traits }).operations.map(describe),
        ).toEqual([])
      }),
      runs(60, 5_000),
    )
  })
})
