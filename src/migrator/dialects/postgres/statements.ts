import type { QueryInterface } from 'sequelize'
import type { JournalHints, StatementsMode, StepHooks } from '../../dialect.js'
import { MigratorError } from '../../errors.js'

/** How an operation sends what it has to. */
export interface Statements {
  readonly mode: StatementsMode
  run(sql: string, journal?: JournalHints): Promise<void>
  /** Rows; undefined where no database is there to be asked. */
  look<Row extends object>(sql: string): Promise<readonly Row[] | undefined>
  /**
   * Statements that are chosen by what the database says. In a journal they are one statement, also where there is none, known
   * by what was asked for: the database says something else after them, and is not asked where they are done.
   *
   * @param as - The operation and its arguments.
   * @param choose - Asks the database.
   * @returns Whether they were sent now.
   */
  together(as: string, choose: () => Promise<readonly string[]>): Promise<boolean>
}

const NOTHING = "DO 'BEGIN END'"

/** The {@link Statements} of a call of `op`. */
export const statementsOf = (
  { sequelize }: QueryInterface,
  mode: StatementsMode,
  { isDone }: Pick<StepHooks, 'isDone'>,
  options: unknown,
): Statements => {
  const { transaction, logging, benchmark } = (options ?? {}) as Readonly<Record<string, unknown>>
  const rest = {
    raw: true,
    ...(transaction === undefined ? {} : { transaction }),
    ...(logging === undefined ? {} : { logging }),
    ...(benchmark === undefined ? {} : { benchmark }),
  }
  const run = async (sql: string, journal?: JournalHints): Promise<void> => {
    await sequelize.query(sql, { ...rest, ...(journal === undefined ? {} : { journal }) } as object)
  }
  return {
    mode,
    run,
    async look<Row extends object>(sql: string) {
      try {
        return (await sequelize.query(sql, {
          ...rest,
          type: 'SELECT',
        } as object)) as unknown as readonly Row[]
      } catch (error) {
        if (error instanceof MigratorError && error.code === 'OFFLINE_READ') return undefined
        throw error
      }
    },
    async together(as, choose) {
      if (mode !== 'numbered') {
        for (const sql of await choose()) await run(sql)
        return true
      }
      if ((await isDone?.(as)) === true) return false
      const statements = await choose()
      await run(statements.length === 0 ? NOTHING : statements.join(';\n'), { as })
      return true
    },
  }
}

/** A call of `op` as a text: the same for the same arguments, and another one for others. */
export const callText = (method: string, ...args: readonly unknown[]): string =>
  `op.${method} ${JSON.stringify(args, (_key, value: unknown) => {
    if (typeof value === 'function') return String(value.name)
    if (typeof value === 'bigint') return `${value}n`
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
    const { name } = value.constructor ?? {}
    return name === 'Object' ? value : { [name]: { ...value } }
  })}`

/** What only a database can tell, asked for where there is none. */
export const offline = (what: string, why: string): MigratorError =>
  new MigratorError(
    'OFFLINE_READ',
    `${what} needs to know ${why}, and there is no database to read it from, or not yet in it. Write it as SQL with op.sequelize.query, or run it`,
  )

/** The refusal of an operation that would lose something, or that cannot be done. */
export const refuse = (what: string, why: string): MigratorError =>
  new MigratorError('UNSAFE_OPERATION', `${what} is refused: ${why}`)
