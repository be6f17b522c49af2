import { MigratorError } from '../errors.js'
import { firstWords, transactionControl } from './scope.js'
import { transactionControlIn } from './transaction-control.js'

// These commit as well, and are sent for the connection's sake elsewhere.
const COMMITS_BESIDE = /^\s*(?:LOCK\s+TABLES|UNLOCK\s+TABLES|SET\s+(?:SESSION\s+)?autocommit)\b/iu
const CONNECTION = /^\s*(?:SELECT|SHOW|DESCRIBE|DESC|EXPLAIN|PRAGMA|SET|RESET|USE)\b/iu

/** A page whose transaction is open: what its function sends is part of it, and noted with it. */
export class OpenPage {
  #isOpen = true
  #inFlight = 0

  /** @param journal - Whose page it is. */
  constructor(
    readonly journal: object,
    readonly method: string,
  ) {}

  async run(sql: string, autocommits: boolean, send: () => Promise<unknown>): Promise<unknown> {
    if (!this.#isOpen) throw forgottenInBatch(this.method, sql)
    if (transactionControlIn(sql) !== undefined) throw inBatch(this.method, transactionControl(sql).message)
    if (COMMITS_BESIDE.test(sql) || (autocommits && !CONNECTION.test(sql))) {
      throw inBatch(
        this.method,
        `"${firstWords(sql)}" commits by itself, and half a batch with it. Send it before ${this.method} or behind it`,
      )
    }
    this.#inFlight += 1
    try {
      return await send()
    } finally {
      this.#inFlight -= 1
    }
  }

  /** The function has returned: what it has not awaited would come behind the COMMIT. */
  async close(): Promise<void> {
    this.#isOpen = false
    const forgotten = this.#inFlight
    while (this.#inFlight > 0) await new Promise((resolve) => setImmediate(resolve))
    if (forgotten > 0) throw forgottenInBatch(this.method, 'a statement that was still under way')
  }
}

const inBatch = (method: string, message: string): MigratorError =>
  new MigratorError('TRANSACTION_CONTROL', `inside ${method}: ${message}`)

/** A statement came beside the batch that is under way, or behind the page that it belonged to. */
export const forgottenInBatch = (method: string, statement: string): MigratorError =>
  new MigratorError(
    'FORGOTTEN_AWAIT',
    `an "await" is missing: "${firstWords(statement)}" came while ${method} was under way, and from outside its function, or ` +
      'after that had returned',
  )
