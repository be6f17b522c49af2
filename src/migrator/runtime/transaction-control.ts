// What may hold any text: strings, quoted names, dollar quotes, comments.
const OPAQUE =
  /\bE'(?:\\[\s\S]|''|[^'\\])*'|'(?:''|[^'])*'|"(?:""|[^"])*"|`(?:``|[^`])*`|\$(\w*)\$[\s\S]*?\$\1\$|--[^\n]*|\/\*[\s\S]*?\*\//giu

// Savepoints, and Sequelize's own way back to one, are left alone.
const CONTROL =
  /^\s*(?:BEGIN|START\s+TRANSACTION|COMMIT|ABORT|PREPARE\s+TRANSACTION|ROLLBACK(?!\s+(?:(?:WORK|TRANSACTION)\s+)?TO\b))\b/iu
const END = /^\s*END\b/iu

/** The statements of a text, without what may hold any text: strings, quoted names, comments. */
export const bareStatements = (sql: string): readonly string[] =>
  sql
    .replace(OPAQUE, ' ')
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')

/**
 * The statement of a text that would end our transaction behind our back, or nothing. Comments before it do not hide
 * it, nor other statements: a driver sends them all.
 */
export const transactionControlIn = (sql: string): string | undefined => {
  if (!/\b(?:BEGIN|START|COMMIT|END|ABORT|PREPARE|ROLLBACK)\b/iu.test(sql)) return undefined
  // END after the first statement ends the body of a trigger or a function.
  return bareStatements(sql).find(
    (statement, index) => CONTROL.test(statement) || (index === 0 && END.test(statement)),
  )
}
