import { MigratorError } from '../../errors.js'

/** The refusal of an operation on a table that is not there. */
export class NoSuchTable extends MigratorError {}

/**
 * An operation that is not done, because something would be lost or rows do not fit.
 *
 * @param what - The operation, for people: `op.changeColumn on "notes"`.
 * @param subject - The table.
 * @param why - What was found, and what to do: a sentence without its full stop.
 */
export const refuse = (what: string, subject: string, why: string): MigratorError =>
  new MigratorError('UNSAFE_OPERATION', `${what} is refused: ${why}`, { subject })
