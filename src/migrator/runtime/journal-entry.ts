import { createHash } from '../crypto.js'
import type { JournalHints } from '../dialect.js'
import { MigratorError } from '../errors.js'
import { type JournalEntry, VOUCHED } from './journal-table.js'

/** What a statement is recognised by. */
export const hashOf = (sql: string, options: Readonly<Record<string, unknown>>): string =>
  createHash('sha256')
    .update(sql)
    .update(
      JSON.stringify([options['replacements'] ?? null, options['bind'] ?? null], (_key, value: unknown) =>
        typeof value === 'bigint' ? `${value}n` : value,
      ),
    )
    .digest('hex')

/** Whether what is noted under a number is what the revision sends there now. */
export const fits = (noted: JournalEntry, entry: JournalEntry): boolean =>
  noted.hash === entry.hash || noted.hash === VOUCHED

/** The refusal of a revision that sends another statement where one is done. */
export const edited = (revision: string, noted: JournalEntry, entry: JournalEntry): MigratorError =>
  new MigratorError(
    'INTERRUPTED',
    `statement ${noted.step} (${noted.statement} …) was done by a run that was interrupted, and the revision now sends ` +
      `another one there (${entry.statement} …). Put that statement back as it was; or, if what is done will do, call ` +
      `resolve('${revision}', 'applied'), which accepts everything that is noted; then run again`,
  )

/** The question to the operator, whether a statement has run. */
export const unknowable = (revision: string, noted: JournalEntry, why: string): MigratorError =>
  new MigratorError(
    'INTERRUPTED',
    `statement ${noted.step} (${noted.statement} …) was begun by a run that was interrupted, and ${why}. ` +
      `Look whether it has done its work: then call resolve('${revision}', 'applied'), else ` +
      `resolve('${revision}', 'not-applied'), and run again`,
  )

/** What a dialect tells of its statement. */
export const hintsIn = (options: Readonly<Record<string, unknown>>): JournalHints =>
  (options as { readonly journal?: JournalHints }).journal ?? {}
