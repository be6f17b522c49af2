import { Command, InvalidArgumentError, Option } from 'commander'
import type { Verb, VerbOption } from './verb.js'

/** The flags that every verb takes, before or behind its name. */
export const COMMON_OPTIONS: readonly VerbOption[] = [
  { flags: '-c, --config <file>', description: 'the config; default: sm2kit.config.* in the working folder' },
  { flags: '-x <key=value>', description: 'passed to a config that is a function; may be repeated' },
  { flags: '--url <url>', description: 'the database, instead of what the config or the environment says' },
  {
    flags: '--migrations <folder>',
    description: 'a folder of revisions, instead of those of the config; may be repeated',
  },
  { flags: '--json', description: 'print one JSON value, and nothing else, on the standard output' },
  { flags: '-v, --verbose', description: 'print more, and the stack of an error' },
]

const REPEATABLE: ReadonlySet<string> = new Set(['x', 'migrations', 'dependsOn', 'branchLabel', 'rename'])

/** What a program is made with. */
export interface ProgramOptions {
  readonly version: string
  readonly verbs: readonly Verb[]
  /** Called with the verb that was typed. */
  readonly onVerb: (
    verb: Verb,
    arguments_: readonly unknown[],
    options: Readonly<Record<string, unknown>>,
  ) => Promise<void>
  /** Takes what commander wants to print. */
  readonly write: (text: string) => void
}

/**
 * The command line as commander knows it. Nothing is read or run, and no verb is loaded, before it parses.
 *
 * @throws CommanderError while it parses: usage errors, and after help or version were written.
 */
export const buildProgram = ({ version, verbs, onVerb, write }: ProgramOptions): Command => {
  const program = new Command('sm2kit')
    .description('Migrations for Sequelize in the words of Alembic, with the tables of SM-2.')
    .usage('[options] <verb> [arguments]')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [verb]', 'print the help of a verb')
    .configureOutput({ writeOut: write, writeErr: write })
    // What stands behind a verb is the verb's: the message "--json" is a message.
    .enablePositionalOptions()
    .commandsGroup('Verbs:')
    .exitOverride()
  for (const option of COMMON_OPTIONS) program.addOption(commanderOption(option))
  for (const verb of verbs) addVerb(program, verb, onVerb)
  return program
}

/**
 * The command line with each flag whose value may be left out bound to it: `--backup=…`. Commander would take the next word for
 * its value, and that is the target.
 */
export const bound = (argv: readonly string[], verbs: readonly Verb[]): readonly string[] => {
  const verb = verbs.find(({ name }) => argv.includes(name))
  const flags = (verb?.options ?? []).map(({ flags }) => /(--[\w-]+) \[/u.exec(flags)?.[1])
  return argv.map((word) => (flags.includes(word) ? `${word}=` : word))
}

const addVerb = (program: Command, verb: Verb, onVerb: ProgramOptions['onVerb']): void => {
  const command = program.command(verb.name).summary(verb.summary).description(descriptionOf(verb))
  command.helpOption('-h, --help', 'print this help')
  for (const [syntax, description] of Object.entries(verb.arguments ?? {}))
    command.argument(syntax, description)
  for (const option of verb.options ?? []) command.addOption(commanderOption(option))
  command.optionsGroup('Options of every verb:')
  for (const option of COMMON_OPTIONS) command.addOption(commanderOption(option))
  command.addHelpText('after', `\nExamples:\n${examplesOf(verb)}`)
  command.action(() => onVerb(verb, command.processedArgs, merged(program.opts(), command.opts())))
}

const descriptionOf = ({ summary, description }: Verb): string =>
  `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.${description === undefined ? '' : ` ${description}`}`

const examplesOf = ({ examples }: Verb): string => {
  const typed = Object.keys(examples).map((example) => `sm2kit ${example}`)
  const width = Math.max(...typed.map((example) => example.length))
  return Object.values(examples)
    .map((what, index) => `  ${(typed[index] ?? '').padEnd(width)}  ${what}`)
    .join('\n')
}

const commanderOption = ({ flags, description, isRequired, choices }: VerbOption): Option => {
  const option = new Option(flags, description).makeOptionMandatory(isRequired === true)
  if (REPEATABLE.has(option.attributeName())) {
    option.argParser((value: string, former: readonly string[] | undefined) => [...(former ?? []), value])
  } else if (choices !== undefined) option.choices(choices)
  else if (option.required) option.argParser(once(flags))
  return option
}

/** A flag that is given twice would otherwise be given up to its last value without a word. */
const once =
  (flags: string) =>
  (value: string, former: string | undefined): string => {
    if (former !== undefined) throw new InvalidArgumentError(`${flags} was given twice.`)
    return value
  }

const merged = (
  before: Readonly<Record<string, unknown>>,
  behind: Readonly<Record<string, unknown>>,
): Record<string, unknown> => {
  const both = { ...before }
  for (const [name, value] of Object.entries(behind)) {
    const former = both[name]
    both[name] = Array.isArray(former) && Array.isArray(value) ? [...former, ...value] : value
  }
  return both
}
