import type { StatementsMode } from '../dialect.js'
import type { BatchCall, BatchProgress } from './batch.js'

/** What is given to `sequelize.query` beside the text. */
export type QueryOptions = Readonly<Record<string, unknown>> & { readonly transaction?: unknown }

/** How the statements of a step are sent when they are more than statements of one transaction. */
export interface StatementHandler {
  readonly mode: StatementsMode
  /** The step is one transaction, which it must not end. */
  readonly isOneTransaction: boolean
  /** @param values - What came in one object with the text: the values that Sequelize's models bind. */
  run(
    sql: string,
    options: QueryOptions,
    send: () => Promise<unknown>,
    values: Readonly<Record<string, unknown>>,
  ): Promise<unknown>
  begin(options: unknown, callback: unknown): Promise<unknown>
  /** Called around each call of `op`, where it matters from which line of the revision a statement comes. */
  around?<T>(call: () => T): T
  /** Present where statements are numbered: whether the next one is known by this and is done, and its turn over. */
  isDone?(as: string): Promise<boolean>
  /** Goes through a table page by page. */
  batch(call: BatchCall): Promise<BatchProgress>
}
