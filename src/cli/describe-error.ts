import { relative } from 'node:path'
import { CliError, messageOf } from './cli-error.js'
import type { Secrets } from './secrets.js'

/** An error as `--json` prints it. */
export interface ErrorValue {
  readonly code: string
  readonly message: string
  readonly revisions: readonly string[]
  readonly subject: string | null
  readonly report: unknown
  /** The backup that was made before the run, as seen from the working folder. */
  readonly backup?: string
}

/** An error, ready to be printed: without a password in it, and without a stack unless it was asked for. */
export interface DescribedError {
  readonly value: ErrorValue
  /** For people. */
  readonly lines: readonly string[]
  readonly exitCode: number
}

/** What the migrator's error says in words of code, in words of the command line. */
const ON_THE_COMMAND_LINE: Readonly<
  Record<string, (error: Pick<ErrorValue, 'message' | 'revisions'>) => string>
> = {
  // What is to be stamped is not what was edited, but the heads above it.
  EDITED_REVISION: ({ message }) => {
    const [, targets = '<revision>'] = /\bstamp\(\[?([^)\]]*)/u.exec(message) ?? []
    return `sm2kit stamp ${targets.replaceAll(/[',]/gu, '')}`
  },
  INTERRUPTED: ({ revisions: [revision = '<revision>'] }) =>
    `sm2kit resolve ${revision} --applied, or --not-applied`,
  MULTIPLE_HEADS: ({ revisions }) => `sm2kit merge ${revisions.length === 0 ? 'heads' : revisions.join(' ')}`,
}

/** What to type, where the message of an error names a call; undefined for most. */
export const commandFor = (
  code: string,
  error: Pick<ErrorValue, 'message' | 'revisions'>,
): string | undefined =>
  Object.hasOwn(ON_THE_COMMAND_LINE, code) ? ON_THE_COMMAND_LINE[code]?.(error) : undefined

/** Anything that was thrown, as it is printed. */
export const describeError = (error: unknown, secrets: Secrets, isVerbose: boolean): DescribedError => {
  const value = errorValue(error, secrets)
  const lines = [`Error (${value.code}): ${value.message}`]
  const hint = commandFor(value.code, value)
  if (hint !== undefined) lines.push(`On the command line: ${hint}`)
  if (value.backup !== undefined)
    lines.push(`To bring the database back: sm2kit restore ${shellWord(value.backup)} --yes`)
  if (isVerbose) lines.push(...stacksOf(error).map((stack) => secrets.redact(stack)))
  else if (value.code === 'UNEXPECTED') lines.push('Run again with --verbose for the place in the code.')
  const exitCode = error instanceof CliError ? error.exitCode : 1
  return { value, lines, exitCode: value.code === 'CANCELLED' ? 130 : exitCode }
}

/** A text as a shell takes it for one word. */
const shellWord = (text: string): string =>
  /^[\w./@%+=:,-]+$/u.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`

const errorValue = (error: unknown, secrets: Secrets): ErrorValue => {
  if (error instanceof CliError) {
    const { code, message, details } = error
    const subject = details.subject === undefined ? null : secrets.redact(details.subject)
    return { code, message: secrets.redact(message), revisions: [], subject, report: null }
  }
  if (isMigratorError(error)) {
    const { code, message, revisions, subject, report, backup } = error
    return {
      code,
      message: secrets.redact(message),
      revisions,
      subject: subject === undefined ? null : secrets.redact(subject),
      report: report ?? null,
      ...(backup === undefined ? {} : { backup: relative(secrets.folder, backup) }),
    }
  }
  const message = `${secrets.redact(messageOf(error))}.`
  return { code: 'UNEXPECTED', message, revisions: [], subject: null, report: null }
}

interface MigratorErrorLike extends Error {
  readonly code: string
  readonly revisions: readonly string[]
  readonly subject?: string
  readonly report?: unknown
  readonly backup?: string
}

/** By shape: the module of the class is loaded only by verbs that need it, and a host may have another copy. */
const isMigratorError = (error: unknown): error is MigratorErrorLike =>
  error instanceof Error &&
  'code' in error &&
  typeof error.code === 'string' &&
  'revisions' in error &&
  Array.isArray(error.revisions)

const stacksOf = (error: unknown): readonly string[] => {
  const stacks: string[] = []
  for (let at = error; at instanceof Error && stacks.length < 10; at = at.cause)
    stacks.push(`${stacks.length === 0 ? '' : 'Caused by: '}${at.stack ?? at.message}`)
  return stacks
}
