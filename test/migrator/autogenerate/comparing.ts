import {
  type CompareInput,
  type Comparison,
  compareSchemas,
} from '../../../src/migrator/autogenerate/compare.js'
import { type CompareSettings, parseCompareSettings } from '../../../src/migrator/autogenerate/settings.js'
import type { ComparisonTraits } from '../../../src/migrator/dialect-autogenerate.js'
import { describe } from '../../../src/migrator/operations/describe.js'
import { invertAll } from '../../../src/migrator/operations/invert.js'
import { canonicalSchema } from '../../../src/migrator/schema/canonical.js'
import { isSame } from '../../../src/migrator/schema/equal.js'
import type { ModelTable } from '../../../src/migrator/schema/model-table.js'
import type { EnumType, Schema, Table } from '../../../src/migrator/schema/schema.js'
import { strict } from './engines.js'
import { run } from './legal.js'
import { modelsOf } from './random-schema.js'

export const schemaWith = (tables: readonly Table[], enums: readonly EnumType[] = []): Schema => ({
  tables,
  enums,
})

export const enumOf = (name: string, values: readonly string[]): EnumType => ({
  schema: null,
  name,
  values,
  comment: null,
})

export interface Asked extends Omit<Partial<CompareInput>, 'settings' | 'traits' | 'tables'> {
  readonly traits?: ComparisonTraits
  readonly settings?: Partial<CompareSettings>
  readonly models?: readonly ModelTable[]
  readonly isNamed?: boolean
  readonly checks?: boolean
}

/** Compares, and sees to it that the operations can be run, lead where they say, converge, and lead back. */
export const comparing = (actual: Schema, wanted: Schema, asked: Asked = {}): Comparison => {
  const { traits = strict, settings, models, isNamed = true, checks = true, renames = {}, ...rest } = asked
  const tables = models ?? modelsOf(wanted, { isNamed, checks })
  const input = { wanted, tables, traits, settings: parseCompareSettings(settings), ...rest }
  const found = compareSchemas({ actual, renames, ...input })
  const after = run(actual, found.operations, traits)
  const again = compareSchemas({ actual: after, ...input }).operations
  if (again.length > 0) throw new Error(`It does not converge: ${again.map(describe).join('; ')}`)
  const back = run(after, invertAll(found.operations), traits, true)
  if (!isSame(canonicalSchema(back), canonicalSchema(actual))) throw new Error('It does not lead back')
  return found
}

/** The operations as lines for people. */
export const changes = (actual: Schema, wanted: Schema, asked: Asked = {}): readonly string[] =>
  comparing(actual, wanted, asked).operations.map(describe)
