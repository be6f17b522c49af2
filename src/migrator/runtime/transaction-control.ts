// What may hold any text: strings, quoted names, dollar quotes, comments.
const OPAQUE =
  /\bE'(?:\\[\s\S]|''|[^'\\])*'|'(?:''|[^'])*'|"(?:""|[^"])*"|`(?:``|[^`])*`|\$(\w*)\$[\s\S]*?\$\1\$|--[^\n]*|\/\*[\s\S]*?\*\//giu

// Savepoints, and Sequelize's own way back to one, are left alone.
const CONTROL =
  /^\s*(?:BEGIN|START\s+TRANSACTION|COMMIT|ABORT|PREPARE\s+TRANSACTION|ROLLBACK(?!\s+(?:(?:WORK|TRANSACTION)\s+)?TO\b))\b/iu
const END = /^\s*END\b/iu

/**
 * The statement of a text that would end our transaction behind our back, or nothing. Comments before it do not hide
 * it, nor other statements: a driver sends them all.
 */
export const transactionControlIn = (sql: string): string | undefined => {
  if (!/\b(?:BEGIN|START|COMMIT|END|ABORT|PREPARE|ROLLBACK)\b/iu.test(sql)) return undefined
  const statements = sql
    .replace(OPAQUE, ' ')
    .split(';')
    .filter((statement) => statement.trim() !== '')
  // END after the first statement ends the body of a trigger or a function.
  return statements.find(
    (statement, index) => CONTROL.test(statement) || (index === 0 && END.test(statement)),
  )
}
