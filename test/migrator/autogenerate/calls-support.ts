import { DataTypes, QueryTypes, Sequelize } from 'sequelize'
import { createMigrator, type Op, reflect, type Schema } from 'sm2kit/migrator'
import { expect } from 'vitest'
import { calls as mariadbCalls } from '../../../src/migrator/dialects/mariadb/calls.js'
import { calls as postgresCalls } from '../../../src/migrator/dialects/postgres/calls.js'
import { calls as sqliteCalls } from '../../../src/migrator/dialects/sqlite/calls.js'
import type { OpCall } from '../../../src/migrator/operations/op-call.js'
import type { Operation, TableConstraint } from '../../../src/migrator/operations/operation.js'
import { runCalls } from '../../../src/migrator/operations/run-calls.js'
import { renderCalls } from '../../../src/migrator/render/op-calls.js'
import { type Engine, withDatabase } from '../../support/engines/index.js'
import { revisionOf, rowsOf } from '../support.js'

export const callsOn = { sqlite: sqliteCalls, postgres: postgresCalls, mysql: mariadbCalls } as const

/** The values of a schema that operations are made of, by their names. */
export class Parts {
  constructor(readonly schema: Schema) {}

  table(name: string) {
    const found = this.schema.tables.find((one) => one.name === name)
    if (found === undefined) throw new Error(`There is no table ${name}`)
    return found
  }
  column(table: string, name: string) {
    const found = this.table(table).columns.find((one) => one.name === name)
    if (found === undefined) throw new Error(`There is no column ${name}`)
    return found
  }
  index(table: string, name: string) {
    const found = this.table(table).indexes.find((one) => one.name === name)
    if (found === undefined) throw new Error(`There is no index ${name}`)
    return found
  }
  enum(name: string) {
    const found = this.schema.enums.find((one) => one.name === name)
    if (found === undefined) throw new Error(`There is no enum ${name}`)
    return found
  }
  constraint(table: string, type: TableConstraint['type'], place: number | string = 0): TableConstraint {
    const { primaryKey, uniques, foreignKeys, checks, exclusions } = this.table(table)
    const list = {
      'primary key': primaryKey === null ? [] : [primaryKey],
      unique: uniques,
      'foreign key': foreignKeys,
      check: checks,
      exclusion: exclusions,
    }[type] as readonly { readonly name: string | null }[]
    const value = typeof place === 'number' ? list[place] : list.find((one) => one.name === place)
    if (value === undefined) throw new Error(`There is no ${type} ${place}`)
    return { type, value } as TableConstraint
  }
}

/** Operations by the names of what they are about. */
export class Make {
  readonly before: Parts
  readonly after: Parts
  constructor(before: Schema, after: Schema) {
    this.before = new Parts(before)
    this.after = new Parts(after)
  }
  #on(table: string): { table: { schema: string | null; name: string }; hazards: [] } {
    const all = [...this.before.schema.tables, ...this.after.schema.tables]
    const found = all.find((one) => one.name === table)
    return { table: { schema: found?.schema ?? null, name: table }, hazards: [] }
  }
  createTable(name: string): Operation {
    return { kind: 'createTable', ...this.#on(name), definition: this.after.table(name) }
  }
  dropTable(name: string): Operation {
    return { kind: 'dropTable', ...this.#on(name), definition: this.before.table(name) }
  }
  renameTable(from: string, to: string): Operation {
    const { schema, name } = this.after.table(to)
    return { kind: 'renameTable', ...this.#on(from), to: { schema, name } }
  }
  changeTable(name: string): Operation {
    const part = ({ comment, options }: ReturnType<Parts['table']>) => ({ comment, options })
    return {
      kind: 'changeTable',
      ...this.#on(name),
      before: part(this.before.table(name)),
      after: part(this.after.table(name)),
    }
  }
  addColumn(table: string, name: string, needsFill = false): Operation {
    const column = this.after.column(table, name)
    return { kind: 'addColumn', ...this.#on(table), column, ...(needsFill ? { needsFill: true } : {}) }
  }
  removeColumn(table: string, name: string): Operation {
    return { kind: 'removeColumn', ...this.#on(table), column: this.before.column(table, name) }
  }
  changeColumn(table: string, name: string): Operation {
    const [before, after] = [this.before.column(table, name), this.after.column(table, name)]
    return { kind: 'changeColumn', ...this.#on(table), before, after }
  }
  renameColumn(table: string, from: string, to: string): Operation {
    return { kind: 'renameColumn', ...this.#on(table), from, to }
  }
  addConstraint(
    table: string,
    type: TableConstraint['type'],
    place: number | string = 0,
    implied?: string,
  ): Operation {
    const constraint = this.after.constraint(table, type, place)
    const index = implied === undefined ? {} : { impliedIndex: this.after.index(table, implied) }
    return { kind: 'addConstraint', ...this.#on(table), constraint, ...index }
  }
  removeConstraint(
    table: string,
    type: TableConstraint['type'],
    place: number | string = 0,
    implied?: string,
  ): Operation {
    const constraint = this.before.constraint(table, type, place)
    const index = implied === undefined ? {} : { impliedIndex: this.before.index(table, implied) }
    return { kind: 'removeConstraint', ...this.#on(table), constraint, ...index }
  }
  renameConstraint(
    table: string,
    type: TableConstraint['type'],
    from: number | string,
    to: string | null,
  ): Operation {
    return {
      kind: 'renameConstraint',
      ...this.#on(table),
      constraint: this.before.constraint(table, type, from),
      to,
    }
  }
  addIndex(table: string, name: string): Operation {
    return { kind: 'addIndex', ...this.#on(table), index: this.after.index(table, name) }
  }
  removeIndex(table: string, name: string): Operation {
    return { kind: 'removeIndex', ...this.#on(table), index: this.before.index(table, name) }
  }
  renameIndex(table: string, from: string, to: string): Operation {
    return { kind: 'renameIndex', ...this.#on(table), index: this.before.index(table, from), to }
  }
  createEnum(name: string): Operation {
    return { kind: 'createEnum', hazards: [], enumType: this.after.enum(name) }
  }
  dropEnum(name: string): Operation {
    return { kind: 'dropEnum', hazards: [], enumType: this.before.enum(name) }
  }
  renameEnum(from: string, to: string): Operation {
    const [was, is] = [this.before.enum(from), this.after.enum(to)]
    return {
      kind: 'renameEnum',
      hazards: [],
      from: { schema: was.schema, name: was.name },
      to: { schema: is.schema, name: is.name },
    }
  }
  changeEnum(name: string, renamedValues: Readonly<Record<string, string>> = {}): Operation {
    const usedBy = this.before.schema.tables.flatMap(({ schema, name: table, columns }) =>
      columns
        .filter(({ enumType }) => enumType?.name === name)
        .map((column) => ({ table: { schema, name: table }, column: column.name })),
    )
    const [before, after] = [this.before.enum(name), this.after.enum(name)]
    return { kind: 'changeEnum', hazards: [], before, after, renamedValues, usedBy }
  }
}

/** What takes an operation back. */
export const inverse = (operation: Operation): Operation => {
  switch (operation.kind) {
    case 'createTable':
      return { ...operation, kind: 'dropTable' }
    case 'dropTable':
      return { ...operation, kind: 'createTable' }
    case 'createSchema':
      return { ...operation, kind: 'dropSchema' }
    case 'dropSchema':
      return { ...operation, kind: 'createSchema' }
    case 'renameTable':
      return { ...operation, table: operation.to, to: operation.table }
    case 'changeTable':
    case 'changeColumn':
      return { ...operation, before: operation.after, after: operation.before } as Operation
    case 'addColumn': {
      const { needsFill: _, ...rest } = operation
      return { ...rest, kind: 'removeColumn' }
    }
    case 'removeColumn':
      return { ...operation, kind: 'addColumn' }
    case 'renameColumn':
      return { ...operation, from: operation.to, to: operation.from }
    case 'addConstraint':
      return { ...operation, kind: 'removeConstraint' }
    case 'removeConstraint':
      return { ...operation, kind: 'addConstraint' }
    case 'renameConstraint': {
      const { type, value } = operation.constraint
      const constraint = { type, value: { ...value, name: operation.to } } as TableConstraint
      return { ...operation, constraint, to: value.name }
    }
    case 'addIndex':
      return { ...operation, kind: 'removeIndex' }
    case 'removeIndex':
      return { ...operation, kind: 'addIndex' }
    case 'renameIndex':
      return { ...operation, index: { ...operation.index, name: operation.to }, to: operation.index.name }
    case 'createEnum':
      return { ...operation, kind: 'dropEnum' }
    case 'dropEnum':
      return { ...operation, kind: 'createEnum' }
    case 'renameEnum':
      return { ...operation, from: operation.to, to: operation.from }
    case 'changeEnum':
      return {
        ...operation,
        before: operation.after,
        after: operation.before,
        renamedValues: Object.fromEntries(
          Object.entries(operation.renamedValues).map(([from, to]) => [to, from]),
        ),
      }
  }
}

export interface Case {
  /** The database before, and after, as statements; what stands in both is in `both`. */
  readonly both?: readonly string[]
  readonly before?: readonly string[]
  readonly after?: readonly string[]
  /** Statements that fill the database before. */
  readonly rows?: readonly string[]
  /** A query whose rows must be the same after up and down. */
  readonly kept?: string
  readonly operations: (make: Make) => readonly Operation[]
  /** Schemas to look at. */
  readonly schemas?: readonly string[]
  /** What the calls must look like as source; undefined: anything. */
  readonly source?: readonly string[]
  readonly downSource?: readonly string[]
}

const run = async (sequelize: Sequelize, statements: readonly string[]): Promise<void> => {
  for (const sql of statements)
    await sequelize.query(sql, { type: QueryTypes.RAW }).catch((error: unknown) => {
      throw new Error(`Refused: ${sql}: ${String(error)}`)
    })
}

/** Columns in the order of their names: operations do not keep the order. */
export const unordered = (schema: Schema): Schema => ({
  ...schema,
  tables: schema.tables.map((table) => ({
    ...table,
    columns: [...table.columns].sort((a, b) => (a.name < b.name ? -1 : 1)),
  })),
})

const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor as new (
  ...args: readonly string[]
) => (...values: readonly unknown[]) => Promise<void>

/** Runs the source of calls, as a revision file would. */
export const runSource = (op: Op, calls: readonly OpCall[]): Promise<void> =>
  new AsyncFunction('op', 'DataTypes', 'Sequelize', renderCalls(calls).lines.join('\n'))(
    op,
    DataTypes,
    Sequelize,
  )

const inStep = async (sequelize: Sequelize, task: (op: Op) => Promise<unknown>): Promise<void> => {
  const up = revisionOf('step', null, ({ context }) => task(context))
  const migrator = createMigrator({ sequelize, baseline: false, migrations: [up] })
  await migrator.up()
  await migrator.stamp('base')
}

/** Fails unless the calls of the operations give exactly the second database, and those of their inverse the first. */
export const expectExact = async (engine: Engine, given: Case): Promise<void> =>
  withDatabase(engine, (database) =>
    withDatabase(engine, async (other) => {
      const sequelize = database.connect()
      const wanted = other.connect()
      const look = async (one: Sequelize): Promise<Schema> =>
        unordered(await reflect(one, given.schemas === undefined ? {} : { schemas: given.schemas }))
      await run(sequelize, [...(given.both ?? []), ...(given.before ?? []), ...(given.rows ?? [])])
      await run(wanted, [...(given.both ?? []), ...(given.after ?? [])])
      const [before, after] = [await look(sequelize), await look(wanted)]
      const operations = given.operations(new Make(before, after))
      const up = callsOn[engine.dialect](operations, { sequelize, before, after })
      const inverted = [...operations].reverse().map(inverse)
      const down = callsOn[engine.dialect](inverted, { sequelize, before: after, after: before })
      const [upSource, downSource] = [renderCalls(up).lines, renderCalls(down).lines]
      if (given.source !== undefined) expect(upSource).toEqual(given.source)
      if (given.downSource !== undefined) expect(downSource).toEqual(given.downSource)
      const rows = given.kept === undefined ? [] : await rowsOf(sequelize, given.kept)
      const check = async (what: string, lines: readonly string[], schema: Schema): Promise<void> => {
        const found = await look(sequelize)
        expect(found, `${what}:\n${lines.join('\n')}`).toEqual(schema)
      }
      const attempt = async (lines: readonly string[], task: (op: Op) => Promise<unknown>): Promise<void> =>
        inStep(sequelize, task).catch((error: unknown) => {
          const { message, cause } = error as Error
          throw new Error(`${message}\n${String(cause)}\n${lines.join('\n')}`)
        })
      await attempt(upSource, (op) => runCalls(op, up))
      await check('up', upSource, after)
      await attempt(downSource, (op) => runSource(op, down))
      await check('down', downSource, before)
      if (given.kept !== undefined) expect(await rowsOf(sequelize, given.kept)).toEqual(rows)
      await attempt(upSource, (op) => runSource(op, up))
      await check('up as source', upSource, after)
      await attempt(downSource, (op) => runCalls(op, down))
      await check('down as calls', downSource, before)
    }),
  )
