import type { Sequelize } from 'sequelize'

/**
 * A text without the instance's password, as it is and as a URL spells it. Every message of ours goes through here.
 *
 * @param text - A message of the driver's, say.
 * @param sequelize - Whose password must not be seen.
 */
export const redact = (text: string, sequelize: Sequelize): string => {
  let clean = text.replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)[^\s/]*@/giu, '$1***@')
  for (const secret of passwordsOf(sequelize)) clean = clean.split(secret).join('***')
  return clean
}

// A password of one or two characters would blot out half of every message, and protects nothing.
const SHORTEST_SECRET = 3

const passwordsOf = (sequelize: Sequelize): readonly string[] => {
  const { config, options } = sequelize as unknown as {
    config?: { password?: unknown }
    options?: {
      password?: unknown
      replication?: { write?: { password?: unknown }; read?: readonly { password?: unknown }[] }
    }
  }
  const given = [config?.password, options?.password, options?.replication?.write?.password]
  for (const replica of options?.replication?.read ?? []) given.push(replica.password)
  const texts = given.filter(
    (value): value is string => typeof value === 'string' && value.length >= SHORTEST_SECRET,
  )
  const spelled = texts.flatMap((text) => [text, encodeURIComponent(text), encodeURI(text)])
  return [...new Set(spelled)].sort((a, b) => b.length - a.length)
}

/**
 * The cause of an error, safe to print: itself when no text in it holds the password, else a copy that says the same
 * without it.
 */
export const redactCause = (cause: unknown, sequelize: Sequelize): unknown => {
  if (isClean(cause, (text) => redact(text, sequelize) === text)) return cause
  if (!(cause instanceof Error)) return redact(String(cause), sequelize)
  const copy = new Error(redact(cause.message, sequelize))
  copy.name = cause.name
  if (cause.stack !== undefined) copy.stack = redact(cause.stack, sequelize)
  return copy
}

// Above this nobody can say what printing it would show.
const MOST_PARTS = 20_000

/** Whether every text in a value, however deep, is clean. */
const isClean = (value: unknown, isCleanText: (text: string) => boolean): boolean => {
  const parts = new Set<unknown>([value])
  // A set goes on with what is added to it while it is gone through.
  for (const part of parts) {
    if (typeof part === 'string' && !isCleanText(part)) return false
    if (typeof part !== 'object' || part === null || ArrayBuffer.isView(part)) continue
    if (parts.size > MOST_PARTS) return false
    for (const inner of insideOf(part)) parts.add(inner)
  }
  return true
}

const insideOf = (value: object): readonly unknown[] => {
  const entries = value instanceof Map ? [...value].flat() : value instanceof Set ? [...value] : []
  for (const [key, { value: inner }] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
    entries.push(key, inner)
  }
  return entries
}

/**
 * An error of Umzug's, which carries the host's instance as its context: printed at depth, that would show the password.
 * The context stays and is not printed.
 */
export const hideContext = (error: unknown): unknown => {
  const { migration } = (error ?? {}) as { readonly migration?: unknown }
  if (typeof migration === 'object' && migration !== null && 'context' in migration) {
    Object.defineProperty(migration, 'context', { enumerable: false })
  }
  return error
}
