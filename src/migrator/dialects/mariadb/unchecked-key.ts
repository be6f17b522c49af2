import { refuseMisfits } from './misfits.js'
import { reflectTable } from './reflect.js'
import { isSameName, quoteName, quoteTable, type TableRef } from './sql.js'
import { refuse, type Statements } from './statements.js'

const VARIABLE = 'foreign_key_checks'

/**
 * Adds a foreign key without looking at the rows that are there: that needs no copy of the table, and others write meanwhile.
 * From then on the server holds it for what is written.
 *
 * @param sql - `ALTER TABLE … ADD CONSTRAINT … FOREIGN KEY …`.
 * @see https://mariadb.com/kb/en/innodb-online-ddl-operations-with-the-inplace-alter-algorithm/#alter-table-add-foreign-key
 */
export const addUncheckedKey = async (
  statements: Statements,
  sql: string,
  { ref, target, what }: { readonly ref: TableRef; readonly target: TableRef; readonly what: string },
): Promise<void> => {
  let former = '1'
  if (!statements.isCollected) {
    // Without its checks the server takes a key to nothing.
    if ((await reflectTable(statements, target)) === undefined)
      throw refuse(what, ref.name, `there is no table "${target.name}"`)
    const [row] = await statements.select<{ value: unknown }>(`SELECT @@SESSION.${VARIABLE} AS value`)
    former = String(row?.value ?? 1)
  }
  await statements.run(`SET SESSION ${VARIABLE} = 0`)
  try {
    await statements.run(`${sql}, ALGORITHM=INPLACE, LOCK=NONE`)
  } finally {
    await statements.run(`SET SESSION ${VARIABLE} = ${former}`)
  }
}

/**
 * Looks for rows that a foreign key would not take; they are read without a lock. A check has been looked at when it was added.
 *
 * @throws MigratorError `UNSAFE_OPERATION` with their number, and one of them.
 */
export const validateConstraint = async (
  statements: Statements,
  ref: TableRef,
  name: string,
  what: string,
): Promise<void> => {
  if (statements.isCollected) return
  const table = await reflectTable(statements, ref)
  if (table === undefined) throw refuse(what, ref.name, `there is no table "${ref.name}"`)
  const key = table.foreignKeys.find((one) => one.name !== null && isSameName(one.name, name))
  if (key === undefined) {
    if (table.checks.some((check) => check.name !== null && isSameName(check.name, name))) return
    throw refuse(what, ref.name, `there is no foreign key or check "${name}"`)
  }
  const column = (owner: string, columnName: string): string => `${owner}.${quoteName(columnName)}`
  const own = key.columns.map((one) => column(quoteTable(ref), one))
  const pairs = key.targetColumns.map((one, index) => `${column('sm2kit_p', one)} = ${own[index] ?? ''}`)
  const condition = [
    ...own.map((one) => `${one} IS NOT NULL`),
    `NOT EXISTS (SELECT 1 FROM ${quoteTable(key.target)} AS sm2kit_p WHERE ${pairs.join(' AND ')})`,
  ].join(' AND ')
  const why = `a value that no row of "${key.target.name}" has. Change or delete them; the key is there, and holds for what is written from now on`
  const subject = key.columns.map((one) => `"${one}"`).join(', ')
  await refuseMisfits(statements, what, { ref, table }, subject, [{ condition, why }])
}
