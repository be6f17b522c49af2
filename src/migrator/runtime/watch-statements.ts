import type { Capabilities } from '../dialect.js'
import type { MigratorEvents, StatementEvent } from './events.js'
import { type MaskedStatement, maskSql } from './mask-sql.js'
import { redact } from './redact.js'
import type { StepToRun } from './run.js'
import type { StatementWatch, StepScope } from './scope.js'
import type { QueryOptions } from './statement-handler.js'

/** What the statements of a step come to. */
export interface StatementTotals {
  /** Rows that they wrote, as far as the engine tells. */
  rows: number
}

/**
 * Tells each statement of a step to whoever listens, and counts the rows that they write. To be called only where somebody
 * listens.
 */
export const watchStatements = (
  scope: StepScope,
  { revision: { revision, name }, direction }: StepToRun,
  events: MigratorEvents,
  capabilities: Capabilities,
): StatementTotals => {
  const totals: StatementTotals = { rows: 0 }
  scope.watch = (sql, options): StatementWatch => {
    const statement = scope.statements
    const told = new Watched(sql, options, capabilities, (ask) =>
      scope.sequelize.query<{ n: number }>(ask, {
        ...{ type: 'SELECT' as never, raw: true, logging: false, retry: { max: 1 } },
        transaction: options.transaction as never,
      }),
    )
    return {
      time: (send) => told.time(send),
      tell: async () => {
        const outcome = await told.outcome()
        if (outcome === undefined) return
        if (outcome.masked.writesRows) totals.rows += outcome.rows ?? 0
        if (!events.hears('statement')) return
        const { masked, durationMs, rows, failed } = outcome
        const event: StatementEvent = {
          ...{ revision, name, direction, statement, durationMs, rows, failed },
          kind: masked.kind,
          sql: redact(masked.sql, scope.sequelize),
        }
        await events.statement(event)
      },
    }
  }
  return totals
}

interface Outcome {
  readonly masked: MaskedStatement
  readonly durationMs: number
  readonly rows: number | null
  readonly failed: boolean
}

/** One statement, as it is sent. */
class Watched {
  #durationMs: number | undefined
  #result: unknown
  #failed = false
  #isTold = false

  constructor(
    readonly sql: string,
    readonly options: QueryOptions,
    readonly capabilities: Capabilities,
    readonly ask: (sql: string) => Promise<readonly { readonly n: number }[]>,
  ) {}

  async time(send: () => Promise<unknown>): Promise<unknown> {
    const startedAt = performance.now()
    try {
      this.#result = await send()
      return this.#result
    } catch (error) {
      this.#failed = true
      throw error
    } finally {
      this.#durationMs = performance.now() - startedAt
    }
  }

  /** Once; nothing for a statement that was not sent, as a journal has it that it is done. */
  async outcome(): Promise<Outcome | undefined> {
    if (this.#durationMs === undefined || this.#isTold) return undefined
    this.#isTold = true
    const masked = maskSql(this.sql, this.capabilities.backslashes)
    const rows = this.#failed ? null : await this.#rows(masked)
    return { masked, durationMs: this.#durationMs, rows, failed: this.#failed }
  }

  async #rows(masked: MaskedStatement): Promise<number | null> {
    const { rowsWritten } = this.capabilities
    if (masked.writesRows && rowsWritten?.ownTables.test(this.sql) === true) return null
    const told = rowsOf(this.#result, this.options, masked)
    if (told !== null || rowsWritten === null || !masked.writesRows) return told
    const [row] = await this.ask(rowsWritten.sql)
    return row?.n ?? null
  }
}

/** Rows that a statement wrote or read, in the several shapes in which Sequelize gives what a driver says. */
const rowsOf = (
  result: unknown,
  { type }: QueryOptions,
  { kind, writesRows }: MaskedStatement,
): number | null => {
  if (typeof result === 'number') return result
  if (kind === 'SELECT') {
    const rows: unknown = type === 'SELECT' || !Array.isArray(result) ? result : result[0]
    return Array.isArray(rows) ? rows.length : null
  }
  if (!writesRows || !Array.isArray(result)) return null
  const beside: unknown = result[1]
  if (typeof beside === 'number') return beside
  const { rowCount, affectedRows, changes } = (beside ?? {}) as Readonly<Record<string, unknown>>
  return [affectedRows, rowCount, changes].find((count): count is number => typeof count === 'number') ?? null
}
