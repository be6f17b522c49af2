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
  const seen = new Set<unknown>()
  const isClean = (value: unknown, depth: number): boolean => {
    if (typeof value === 'string') return redact(value, sequelize) === value
    if (typeof value !== 'object' || value === null || seen.has(value) || depth > 6) return true
    seen.add(value)
    return Reflect.ownKeys(value).every((key) => isClean(Reflect.get(value, key), depth + 1))
  }
  if (isClean(cause, 0)) return cause
  if (!(cause instanceof Error)) return redact(String(cause), sequelize)
  const copy = new Error(redact(cause.message, sequelize))
  copy.name = cause.name
  if (cause.stack !== undefined) copy.stack = redact(cause.stack, sequelize)
  return copy
}
