import { CommanderError } from 'commander'
import { VERSION } from '../migrator/version.js'
import { CliError } from './cli-error.js'
import { describeError, type ErrorValue } from './describe-error.js'
import { Interrupts } from './interrupts.js'
import { Invocation } from './invocation.js'
import { bound, buildProgram } from './program.js'
import { Secrets } from './secrets.js'
import { type Output, Terminal } from './terminal.js'
import type { Outcome } from './verb.js'
import { VERBS } from './verbs.js'

/** Whether one of the flags was typed, known before (and although) the rest may be wrong; the message `--json` is none. */
export const isTyped = (argv: readonly string[], ...flags: readonly string[]): boolean =>
  argv.some((text, index) => flags.includes(text) && !/^(?:-m|--message)$/u.test(argv[index - 1] ?? ''))

/** What the process gives to the command line. */
export interface Process {
  /** Behind the name of the program. */
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absolute path of the working folder. */
  readonly folder: string
  readonly stdout: Output
  readonly stderr: Output
}

/** A command line under way. */
export interface Running {
  /** The exit code, when everything is printed. */
  readonly exitCode: Promise<number>
  /** Cleans up before the process is ended by its user, where something is to be cleaned up. */
  cleanUp(): Promise<void> | undefined
  /** Prints what is true at this moment, for a process that is about to be ended by its user. */
  interrupt(): void
  /** Prints what is true where something else than the command ends its process. */
  exited(): void
  /** Prints an error that nobody has caught. */
  fail(error: unknown): void
}

/** Runs one command: parses, calls the verb, prints what it gives back, or why it failed. Never throws. */
export const run = ({ argv, env, folder, stdout, stderr }: Process): Running => {
  const isJson = isTyped(argv, '--json')
  const terminal = new Terminal(stdout, stderr, { isJson, env })
  const secrets = new Secrets(folder)
  const interrupts = new Interrupts()
  const isVerbose = isTyped(argv, '--verbose', '-v')
  for (const name of ['SM2KIT_URL', 'DATABASE_URL']) secrets.addUrl(env[name] ?? '')

  let written = ''
  let outcome: Outcome = { value: null, text: '' }
  const program = buildProgram({
    version: VERSION,
    verbs: VERBS,
    write: (text) => {
      written += text
    },
    onVerb: async (verb, arguments_, options) => {
      const surroundings = { folder, env, terminal, secrets, interrupts, program }
      const work = await verb.load()
      outcome = await work(new Invocation(verb.name, arguments_, options, surroundings))
    },
  })
  const fail = (error: unknown): number => {
    const described = describeError(error, secrets, isVerbose)
    printError(terminal, described.value, described.lines)
    return described.exitCode
  }
  const parse = async (): Promise<number> => {
    try {
      await program.parseAsync(bound(argv, VERBS), { from: 'user' })
    } catch (error) {
      if (!(error instanceof CommanderError)) return fail(error)
      // Help that was asked for, and the version.
      if (error.exitCode === 0) outcome = { value: { text: written.trimEnd() }, text: written }
      else return fail(asUsage(error, written))
    }
    terminal.result(isJson ? JSON.stringify(outcome.value ?? null, null, 2) : outcome.text)
    return outcome.exitCode ?? 0
  }
  return {
    exitCode: parse(),
    cleanUp: () => interrupts.cleanUp(),
    interrupt: () => void fail(new CliError('CANCELLED', interrupts.message())),
    exited: () =>
      void fail(
        new CliError(
          'CANCELLED',
          interrupts.message('The config or a revision has ended the process before the command was done.'),
        ),
      ),
    fail: (error) => void fail(error),
  }
}

const printError = (terminal: Terminal, value: ErrorValue, lines: readonly string[]): void => {
  if (terminal.isJson) terminal.result(JSON.stringify({ error: value }, null, 2))
  const [first = '', ...rest] = lines
  terminal.remark([terminal.styleRemark('red', first), ...rest].join('\n'))
}

const asUsage = (error: CommanderError, written: string): CliError => {
  if (error.code === 'commander.help')
    return new CliError('USAGE', `No verb was given.\n\n${written.trimEnd()}`)
  const said = error.message.replace(/^error: /u, '').trim()
  const sentence = `${said.charAt(0).toUpperCase()}${said.slice(1)}`.replace(/\.?$/u, '.')
  return new CliError('USAGE', `${sentence.replace('\n', ' ')} Nothing was run; see \`sm2kit --help\`.`)
}
