import type { QueryInterface } from 'sequelize'
import type { JournalHints, Reader, StatementsMode, StepHooks } from '../../dialect.js'
import { MigratorError, messageOf } from '../../errors.js'
import { driverCode } from '../driver-error.js'

/** Sends the statements of one call of `op`. */
export interface Statements extends Reader {
  /** They are collected and not run: what they would do cannot be looked at. */
  readonly isCollected: boolean
  /** A statement whose text says all that it does. */
  run(sql: string): Promise<void>
  /**
   * A statement that is made from what is read.
   *
   * @param asked - What the author asked for; names what the statement changes. Where it is done, nothing is read.
   * @param form - Reads, and gives the statement, or nothing where there is nothing to do.
   */
  ask(asked: string, form: () => Promise<string | undefined>): Promise<void>
}

/** A call that is not made, because something would be lost or rows do not fit. */
export const refuse = (what: string, subject: string, why: string, cause?: unknown): MigratorError =>
  new MigratorError('UNSAFE_OPERATION', `${what} is refused: ${why}`, {
    subject,
    ...(cause !== undefined && { cause }),
  })

// What the server answers before it has changed anything, and what its sentence leaves open.
const NEXT: Readonly<Record<string, string>> = {
  ER_DROP_INDEX_FK: 'Remove that key first, or add another index on its columns',
  ER_FK_COLUMN_CANNOT_CHANGE: 'Remove the key, change the columns on both of its sides, and add it again',
  ER_FK_COLUMN_CANNOT_CHANGE_CHILD:
    'Remove the key, change the columns on both of its sides, and add it again',
  ER_FK_COLUMN_NOT_NULL: 'Its action is SET NULL, which needs a column that takes NULL',
  ER_FK_COLUMN_CANNOT_DROP: 'Remove that key first',
  ER_FK_COLUMN_CANNOT_DROP_CHILD: 'Remove that key first',
  ER_FK_INCOMPATIBLE_COLUMNS: 'The columns on both sides of a key must have one type',
  ER_ALTER_OPERATION_NOT_SUPPORTED: 'Leave `concurrently` out, and do it in a quiet hour',
  ER_ALTER_OPERATION_NOT_SUPPORTED_REASON: 'Leave `concurrently` out, and do it in a quiet hour',
  ER_ROW_IS_REFERENCED_2: 'Remove that key first',
}

/**
 * @param what - The call, for messages: `op.changeColumn of "title" on "notes"`.
 * @param options - What the author gave: of it count `transaction` and `logging`.
 */
export const statementsOf = (
  { sequelize }: QueryInterface,
  call: { readonly what: string; readonly subject: string },
  mode: StatementsMode,
  { isDone }: StepHooks,
  options: unknown,
): Statements => {
  const { transaction, logging } = (options ?? {}) as Readonly<Record<string, unknown>>
  const rest = {
    raw: true,
    nest: false,
    plain: false,
    ...(transaction === undefined ? {} : { transaction }),
    ...(logging === undefined ? {} : { logging }),
  }
  const send = async (sql: string, more: object): Promise<void> => {
    try {
      await sequelize.query(sql, { ...rest, ...more } as object)
    } catch (error) {
      const next = NEXT[driverCode(error)]
      if (next === undefined) throw error
      throw refuse(call.what, call.subject, `${messageOf(error)}. ${next}`, error)
    }
  }
  return {
    isCollected: mode === 'collected',
    run: (sql) => send(sql, {}),
    async ask(asked, form) {
      if ((await isDone?.(asked)) === true) return
      const sql = await form()
      if (sql !== undefined) await send(sql, { journal: { as: asked } satisfies JournalHints })
    },
    select: async <Row extends object>(sql: string) =>
      (await sequelize.query(sql, { ...rest, type: 'SELECT' } as object)) as unknown as readonly Row[],
  }
}
