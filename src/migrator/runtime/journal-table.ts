import type { Session, VersionTableName } from '../dialect.js'
import type { Direction } from './run.js'
import { selectWith } from './session.js'
import type { VersionTable } from './version-table.js'

/** What an interrupted step had come to. */
export interface JournalEntry {
  /** Counted from 1. */
  readonly step: number
  /** SHA-256 of the statement; `*` where an operator vouched for it. */
  readonly hash: string
  readonly done: boolean
  readonly fingerprint: string | null
  /** Its first words. */
  readonly statement: string
  /** Of a call that goes through a table in batches: how far it has come, as JSON. */
  readonly progress?: string
}

interface RawEntry {
  step: number | string
  hash: string
  state: number | string
  fingerprint: string | null
  statement: string
  direction: Direction
  progress: string | null
}

/** Hash of an operator's word: it fits whatever statement the revision sends. */
export const VOUCHED = '*'

/** The table behind {@link Journal}: its rows exist only while a step is under way, or was interrupted. */
export class JournalTable {
  constructor(
    readonly session: Session,
    readonly table: VersionTableName,
  ) {}

  async create(): Promise<void> {
    await this.session.run(
      `CREATE TABLE IF NOT EXISTS ${this.table.quoted} (revision VARCHAR(255) NOT NULL, step INTEGER NOT NULL, ` +
        'direction VARCHAR(4) NOT NULL, hash VARCHAR(64) NOT NULL, state SMALLINT NOT NULL, fingerprint VARCHAR(64), ' +
        'statement VARCHAR(80) NOT NULL, progress TEXT, PRIMARY KEY (revision, step))',
    )
  }

  /** The direction in which a step was begun, and its statements; nothing where none was. */
  async read(
    revision: string,
  ): Promise<{ readonly direction: Direction; readonly entries: readonly JournalEntry[] } | undefined> {
    const rows = await this.session.select<RawEntry>(
      `SELECT step, hash, state, fingerprint, statement, direction, progress FROM ${this.table.quoted} ` +
        `WHERE revision = ${this.#text(revision)} ORDER BY step`,
    )
    const [mark, ...rest] = rows
    if (mark === undefined) return undefined
    const entries = rest.map((row) => ({
      step: Number(row.step),
      hash: row.hash,
      done: Number(row.state) === 1,
      fingerprint: row.fingerprint,
      statement: row.statement,
      ...(row.progress === null ? {} : { progress: row.progress }),
    }))
    return { direction: mark.direction, entries }
  }

  async insert(revision: string, direction: Direction, entry: JournalEntry): Promise<void> {
    const values = [
      this.#text(revision),
      entry.step,
      this.#text(direction),
      this.#text(entry.hash),
      entry.done ? 1 : 0,
      entry.fingerprint === null ? 'NULL' : this.#text(entry.fingerprint),
      this.#text(entry.statement),
      entry.progress === undefined ? 'NULL' : this.#text(entry.progress),
    ]
    await this.session.run(
      `INSERT INTO ${this.table.quoted} (revision, step, direction, hash, state, fingerprint, statement, progress) VALUES (${values.join(', ')})`,
    )
  }

  async setDone(revision: string, step: number): Promise<void> {
    await this.session.run(
      `UPDATE ${this.table.quoted} SET state = 1 WHERE revision = ${this.#text(revision)} AND step = ${step}`,
    )
  }

  /** How far a batch has come, in the transaction that brought it there. */
  async setProgress(revision: string, { step, done, progress = '' }: JournalEntry): Promise<void> {
    await this.session.run(
      `UPDATE ${this.table.quoted} SET state = ${done ? 1 : 0}, progress = ${this.#text(progress)} ` +
        `WHERE revision = ${this.#text(revision)} AND step = ${step}`,
    )
  }

  /**
   * An operator's word that everything noted has done its work, whatever the file says now. Of a batch, what it had come to:
   * the rows behind are to be done all the same.
   */
  async vouch(revision: string): Promise<void> {
    await this.session.run(
      `UPDATE ${this.table.quoted} SET state = CASE WHEN progress IS NULL THEN 1 ELSE state END, hash = ${this.#text(VOUCHED)} WHERE revision = ${this.#text(revision)}`,
    )
  }

  async delete(revision: string, step?: number): Promise<void> {
    const which = step === undefined ? '' : ` AND step = ${step}`
    await this.session.run(
      `DELETE FROM ${this.table.quoted} WHERE revision = ${this.#text(revision)}${which}`,
    )
  }

  #text(value: string): string {
    return this.session.sequelize.escape(value)
  }
}

/** The direction in which a step was begun and not ended; nothing where none was. One statement, without the lock. */
export const readBegun = async (table: VersionTable, revision: string): Promise<Direction | undefined> => {
  const sql = `SELECT direction FROM ${table.journal.quoted} WHERE step = 0 AND revision = ${table.sequelize.escape(revision)}`
  const [mark] = await selectWith<{ direction: Direction }>(table.sequelize, sql, null)
  return mark?.direction
}
