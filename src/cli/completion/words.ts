import type { Command } from 'commander'

/** A flag as a shell completes it. */
export interface Flag {
  /** Such as `-m` and `--message`. */
  readonly names: readonly string[]
  readonly description: string
  readonly takesValue: boolean
  /** Whether the value is a file or a folder. */
  readonly isPath: boolean
  readonly choices: readonly string[]
}

/** A verb as a shell completes it. */
export interface VerbWords {
  readonly name: string
  readonly description: string
  readonly flags: readonly Flag[]
  /** Words that can stand behind it. */
  readonly targets: readonly string[]
}

/** Everything that can be completed. */
export interface Words {
  readonly verbs: readonly VerbWords[]
  readonly flags: readonly Flag[]
}

const TARGETS: Readonly<Record<string, readonly string[]>> = {
  upgrade: ['head', 'heads', '+1'],
  downgrade: ['-1', 'base'],
  stamp: ['head', 'heads', 'base'],
  merge: ['heads'],
  show: ['head'],
  completion: ['bash', 'zsh', 'fish'],
}

/** What a program has to complete: its verbs and their flags. */
export const wordsOf = (program: Command): Words => ({
  verbs: [
    ...program.commands.map((command) => ({
      name: command.name(),
      description: command.summary(),
      flags: flagsOf(command),
      targets: TARGETS[command.name()] ?? [],
    })),
    {
      name: 'help',
      description: 'print the help of a verb',
      flags: [],
      targets: program.commands.map((command) => command.name()),
    },
  ],
  flags: flagsOf(program),
})

const flagsOf = (command: Command): readonly Flag[] =>
  command
    .createHelp()
    .visibleOptions(command)
    .map((option) => ({
      names: [option.short, option.long].filter((name) => name !== undefined && name !== null),
      description: option.description,
      takesValue: option.required || option.optional,
      isPath: /<(?:file|folder)>/u.test(option.flags),
      choices: option.argChoices ?? [],
    }))
