import type { QueryInterface, TableName } from 'sequelize'
import type { Dialect } from '../dialect.js'
import type { Reader } from '../dialect-session.js'
import { MigratorError } from '../errors.js'
import type { BatchOptions, BatchResult, FillOptions, TimeoutOptions } from '../operations/data-steps.js'
import { quoteTable } from '../operations/sequelize.js'
import { type BatchCall, type BatchProgress, goThrough } from './batch.js'
import type { BatchProgressEvent } from './events.js'
import { generatorOf, isModel, nameOf, PagedRows, refuseModel, type Source } from './paged-rows.js'
import { outsideStep, type StepScope } from './scope.js'
import { selectWith } from './session.js'
import { withTimeouts } from './timeouts.js'

/** Told after each batch; awaited. */
export type TellProgress = (event: BatchProgressEvent) => Promise<void>

const DEFAULT_SIZE = 1000
const LARGEST_SIZE = 100_000

const NAMES = ['batch', 'fill', 'valueFor', 'withTimeouts'] as const

/** Methods of `op` by their names. */
export type DataSteps = Readonly<Record<(typeof NAMES)[number], (...args: never[]) => unknown>>

/** Whether it is the name of such a method. */
export const isDataStep = (name: unknown): name is keyof DataSteps =>
  (NAMES as readonly unknown[]).includes(name)

/**
 * The methods of `op` that are none of QueryInterface's and the same on every engine.
 *
 * @param queryInterface - The step's, whose calls are awaited by us.
 */
export const dataSteps = (
  scope: StepScope,
  dialect: Dialect,
  queryInterface: QueryInterface,
  tell: TellProgress = async () => {},
): DataSteps => {
  const mode = scope.handler?.mode ?? 'sent'
  const transaction = mode === 'collected' ? null : scope.transaction
  const reader: Reader = { select: (sql) => selectWith(scope.sequelize, sql, transaction) }
  const run = (call: BatchCall): Promise<BatchProgress> =>
    scope.handler === undefined ? goThrough(call) : scope.handler.batch(call)

  /** What calls have in common; the rest says what is done with a page. */
  const callOf = (
    method: string,
    pages: PagedRows,
    { name, size }: { readonly name: string; readonly size: number },
  ): Omit<BatchCall, 'hand'> => {
    const table = nameOf(pages.source)
    const startedAt = performance.now()
    return {
      ...{ method, table, name, size },
      prepare: async (commitsPages) => void (await pages.prepare(commitsPages)),
      read: (cursor, most) => pages.read(cursor, most),
      told: ({ rows, batches }) => {
        const elapsedMs = Math.round(performance.now() - startedAt)
        const total = pages.estimate
        const known = total !== undefined && total >= rows ? { total } : {}
        // A listener is none of the step's: what it queries goes its own way.
        return outsideStep(() => tell({ table, batch: name, rows, batches, elapsedMs, ...known }))
      },
    }
  }

  const batch = async (
    source: Source,
    options: BatchOptions,
    each: (rows: readonly unknown[]) => unknown,
  ): Promise<BatchResult> => {
    const size = sizeOf('op.batch', options)
    if (typeof each !== 'function')
      throw invalid('op.batch', 'a function that takes rows, as its third argument')
    if (isModel(source)) refuseModel(source, scope.sequelize)
    const pages = new PagedRows(queryInterface, dialect, reader, source, options)
    const { rows, batches } = await run({
      ...callOf('op.batch', pages, { name: options.name ?? nameOf(source), size }),
      hand: async ({ rows: page }) => void (await each(page)),
    })
    return { rows, batches }
  }

  const fill = async (
    table: TableName,
    column: string,
    value: unknown,
    options: FillOptions = {},
  ): Promise<void> => {
    const size = sizeOf('op.fill', options)
    valueFor(nameOf(table), column, value)
    if (value === null) return
    const generator = generatorOf(queryInterface)
    const quoted = generator.quoteIdentifier(column)
    const update = `UPDATE ${quoteTable(queryInterface, table)} SET ${quoted} = ${literalOf(queryInterface, value)}`
    const conditions = [
      `${quoted} IS NULL`,
      ...(options.where === undefined ? [] : [`(${generator.getWhereConditions(options.where)})`]),
    ]
    const send = async (...more: readonly string[]): Promise<void> => {
      const text = `${update} WHERE ${[...conditions, ...more].join(' AND ')}`
      await queryInterface.sequelize.query(text, { raw: true })
    }
    if (mode !== 'numbered') return send()

    const literal = (queryInterface.sequelize.constructor as unknown as { literal(sql: string): object })
      .literal
    const pages = new PagedRows(queryInterface, dialect, reader, table, {
      where: literal(conditions.join(' AND ')) as never,
      attributes: [],
    })
    const name = options.name ?? `${nameOf(table)}.${column}`
    let before: readonly string[] | null = null
    let whole = false
    await run({
      ...callOf('op.fill', pages, { name, size }),
      async prepare(commitsPages) {
        await pages.prepare(commitsPages).catch((error: unknown) => {
          // No batches for such a table: one statement then, which is what a batch would be.
          if (!(error instanceof MigratorError)) throw error
          whole = true
        })
      },
      async read(cursor, most) {
        if (whole) return { rows: [undefined], cursor: null, isLast: true }
        before = cursor
        return pages.read(cursor, most)
      },
      hand: ({ cursor }) => (cursor === null ? send() : send(pages.range(before, cursor))),
    })
  }

  return {
    batch,
    fill,
    valueFor,
    withTimeouts: <T>(timeouts: TimeoutOptions, use: () => T | Promise<T>): Promise<T> =>
      withTimeouts(scope, dialect, timeouts, use),
  }
}

const valueFor = (table: string, column: string, value: unknown): unknown => {
  if (value !== undefined) return value
  throw new MigratorError(
    'INCOMPLETE_REVISION',
    `this revision is not complete: it does not say which value the rows that are there get in "${table}"."${column}". ` +
      'Write it into the revision, in place of undefined',
    { subject: `${table}.${column}` },
  )
}

const sizeOf = (method: string, options: { readonly size?: number }): number => {
  if (typeof options !== 'object' || options === null) throw invalid(method, 'an object of options')
  const { size = DEFAULT_SIZE } = options
  if (Number.isInteger(size) && size >= 1 && size <= LARGEST_SIZE) return size
  throw invalid(method, `a whole \`size\` from 1 to ${LARGEST_SIZE}`, 'size')
}

const invalid = (method: string, what: string, subject?: string): MigratorError =>
  new MigratorError('INVALID_OPTION', `${method} takes ${what}`, subject === undefined ? {} : { subject })

/** A value as SQL, as Sequelize writes it; what is neither a value of SQL nor of Sequelize's is JSON. */
const literalOf = (queryInterface: QueryInterface, value: unknown): string => {
  const { sequelize } = queryInterface
  const generator = generatorOf(queryInterface) as unknown as { escape(given: unknown): string | number }
  const { supports } = (sequelize as unknown as { dialect: { supports: { ARRAY?: boolean } } }).dialect
  const isJson = Array.isArray(value) ? supports.ARRAY !== true : isPlain(value)
  return String(generator.escape(isJson ? JSON.stringify(value) : value))
}

const isPlain = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  [Object.prototype, null].includes(Object.getPrototypeOf(value) as null)
