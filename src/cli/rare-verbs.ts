import { MESSAGE, REV_ID } from './flags.js'
import type { Verb } from './verb.js'

/** The verbs behind those of every day, in the order of the help. */
export const RARE_VERBS: readonly Verb[] = [
  {
    name: 'squash',
    summary: 'write one revision in the place of a range',
    description:
      'Only where a new database comes to the same by it, which is tried on two databases of its own. Databases that have all of the range take it for applied; with a part of the range they refuse it.',
    arguments: { '<range>': 'from:to, both included; :to from the base of the line' },
    options: [
      { flags: MESSAGE, description: 'what the range does, in a few words', isRequired: true },
      REV_ID,
    ],
    examples: {
      'squash 51b0:8c1d -m "first year"': 'two revisions and what is between them',
      'squash :head -m "all so far"': 'the whole line',
    },
    load: async () => (await import('./commands/squash.js')).squash,
  },
  {
    name: 'adopt',
    summary: 'take over a database that Umzug or sequelize-cli has migrated',
    description: 'The names that its table holds are recorded as applied; the table itself stays as it is.',
    options: [{ flags: '--from <table>', description: 'the former table; default: SequelizeMeta' }],
    examples: { adopt: 'from SequelizeMeta' },
    load: async () => (await import('./commands/records.js')).adopt,
  },
  {
    name: 'resolve',
    summary: 'say what became of the statement that a run was interrupted at',
    arguments: { '<revision>': 'the interrupted revision' },
    options: [
      { flags: '--applied', description: 'the statement has done its work' },
      { flags: '--not-applied', description: 'the statement has not run, and is to be run again' },
    ],
    examples: { 'resolve 8c1d --applied': 'go on behind it at the next upgrade' },
    load: async () => (await import('./commands/records.js')).resolve,
  },
  {
    name: 'backup',
    summary: 'save the whole database in a file, and read it again',
    description: 'As it is at one moment, while others go on working. Only its owner may read the file.',
    options: [
      {
        flags: '--to <path>',
        description: 'a folder, where it gets a name of its own, or a file; default: the folder backups',
      },
    ],
    examples: { backup: 'in the folder backups', 'backup --to before.sqlite': 'in a file of that name' },
    load: async () => (await import('./commands/backup.js')).backup,
  },
  {
    name: 'restore',
    summary: 'make the database what a backup holds',
    description: 'What was written since is lost, and what was made since too. Asks before, in a terminal.',
    arguments: { '<file>': 'what `backup` has written' },
    options: [{ flags: '--yes', description: 'do not ask; needed where there is no terminal' }],
    examples: { 'restore backups/before.sqlite --yes': 'without asking' },
    load: async () => (await import('./commands/backup.js')).restore,
  },
  {
    name: 'eject',
    summary: 'write the shipped revisions as files of your own',
    arguments: { '<folder>': 'where to write them' },
    examples: { 'eject ./migrations': 'one history, all of it yours' },
    load: async () => (await import('./commands/revision.js')).eject,
  },
  {
    name: 'doctor',
    summary: 'look for what is wrong, and say how to mend it',
    description: 'Changes nothing. Exit code 1 when something is wrong.',
    examples: { doctor: 'config, packages, connection, rights, lock, revisions' },
    load: async () => (await import('./commands/doctor.js')).doctor,
  },
  {
    name: 'completion',
    summary: 'print a script that completes verbs and flags',
    arguments: { '<shell>': 'bash, zsh or fish' },
    examples: {
      'completion bash >> ~/.bashrc': 'bash',
      'completion zsh > ~/.zfunc/_sm2kit': 'zsh',
      'completion fish > ~/.config/fish/completions/sm2kit.fish': 'fish',
    },
    load: async () => (await import('./commands/completion.js')).completion,
  },
]
