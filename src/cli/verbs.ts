import { MESSAGE, REV_ID } from './flags.js'
import { RARE_VERBS } from './rare-verbs.js'
import type { Verb } from './verb.js'

const TARGETS =
  'A target is `head`, `heads`, `base`, an id or the start of one (4 characters or more), `+2`, `-1`, `<id>+2`, `<label>@head`, `<label>@-1`.'
const SQL = {
  flags: '--sql',
  description: 'print the SQL as a script instead; no database is needed',
} as const
const DRY_RUN = {
  flags: '--dry-run',
  description: 'print the steps and their SQL; nothing is changed',
} as const
const PLAN = {
  flags: '--plan',
  description:
    'print what each statement does: its lock, whether it rewrites the table, what may go wrong; nothing is changed',
} as const
const MARKDOWN = { flags: '--markdown', description: 'with --plan: as Markdown, for a pull request' } as const
const RENAME = {
  flags: '--rename <old=new>',
  description: 'a table or column that got another name: words.text=words.title; may be repeated',
} as const
const LABEL = {
  flags: '--branch-label <label>',
  description: 'a name for the branch that begins with it; may be repeated',
} as const

/** Every verb, in the order of the help. */
export const VERBS: readonly Verb[] = [
  {
    name: 'init',
    summary: 'write a config, a folder of revisions and the first revision',
    description:
      'TypeScript or JavaScript, ES modules or CommonJS: as the package.json and tsconfig.json of the working folder say. No file is ever overwritten.',
    options: [
      { flags: '--typescript', description: 'write TypeScript' },
      { flags: '--javascript', description: 'write JavaScript' },
      { flags: '--format <format>', description: 'ES modules or CommonJS', choices: ['esm', 'cjs'] },
      { flags: '--folder <folder>', description: 'the folder of revisions; default: migrations' },
      {
        flags: '-m, --message <text>',
        description: 'message of the first revision; default: first revision',
      },
      { flags: '--no-revision', description: 'write no first revision' },
    ],
    examples: {
      init: 'write everything as the project is',
      'init --javascript --format cjs': 'write CommonJS',
    },
    load: async () => (await import('./commands/init.js')).init,
  },
  {
    name: 'current',
    summary: 'show the applied revisions on which no other stands',
    examples: { current: 'one line a head', 'current -v': 'with files, parents and times' },
    load: async () => (await import('./commands/lists.js')).current,
  },
  {
    name: 'history',
    summary: 'list the revisions, the newest first',
    options: [
      {
        flags: '-r, --rev-range <range>',
        description: 'from:to, each a target or `current`; either may be left out',
      },
      { flags: '-i, --indicate-current', description: 'mark what the database is at' },
    ],
    examples: {
      history: 'all of them',
      'history -r -3:current -i': 'the last three, and where the database is',
    },
    load: async () => (await import('./commands/lists.js')).history,
  },
  {
    name: 'heads',
    summary: 'show the newest revision of each line',
    options: [{ flags: '--resolve-dependencies', description: 'leave out those that others depend on' }],
    examples: { heads: 'one line a head' },
    load: async () => (await import('./commands/lists.js')).heads,
  },
  {
    name: 'branches',
    summary: 'show the revisions on which several others stand',
    examples: { branches: 'each with what stands on it' },
    load: async () => (await import('./commands/lists.js')).branches,
  },
  {
    name: 'show',
    summary: 'show one revision in full',
    arguments: { '<revision>': 'an id, the start of one, `head`, or another target that is one revision' },
    examples: { 'show head': 'the newest', 'show f3e3': 'by the start of its id' },
    load: async () => (await import('./commands/lists.js')).show,
  },
  {
    name: 'revision',
    summary: 'write a new revision file',
    description: 'It stands on the head, and is empty unless `--autogenerate` fills it.',
    options: [
      {
        flags: MESSAGE,
        description: 'what it does, in a few words; its file is named for it',
        isRequired: true,
      },
      { flags: '--autogenerate', description: 'fill it with the differences between models and database' },
      RENAME,
      {
        flags: '--allow-pending',
        description:
          'with --autogenerate: go on although revisions are pending, whose changes are then found again',
      },
      { flags: '--sql', description: 'with --autogenerate: print the SQL that it would run; write nothing' },
      { flags: '--dry-run', description: 'with --autogenerate: print the file; write nothing' },
      { flags: '--head <revision>', description: 'what it stands on; default: head' },
      { flags: '--splice', description: 'allow it to stand on a revision that is no head' },
      LABEL,
      {
        flags: '--depends-on <revision>',
        description: 'what must be applied before it, beside its line; may be repeated',
      },
      REV_ID,
      {
        flags: '--format <format>',
        description: 'the kind of file; default: as the files beside it, or the project',
        choices: ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'],
      },
      {
        flags: '--folder <folder>',
        description: 'where to write it; default: the first folder of migrations',
      },
    ],
    examples: {
      'revision -m "add stars"': 'an empty one on the head',
      'revision --autogenerate -m "add stars"': 'with what the models say',
      'revision --autogenerate -m "title" --rename words.text=words.title': 'a renamed column keeps its rows',
    },
    load: async () => (await import('./commands/revision.js')).revision,
  },
  {
    name: 'upgrade',
    summary: 'apply revisions up to a target',
    description: TARGETS,
    arguments: { '[target]': 'where to end; default: head. With --sql also a range, from:to' },
    options: [
      SQL,
      DRY_RUN,
      PLAN,
      MARKDOWN,
      {
        flags: '--backup [path]',
        description:
          'make a backup first, where there is something to do: --backup=<folder or file>; default: the folder backups',
      },
    ],
    examples: {
      'upgrade head': 'everything',
      'upgrade +1': 'the next one',
      'upgrade --plan': 'what everything would do to tables in use',
      'upgrade --backup=/var/backups/app': 'with a backup before it, in that folder',
      'upgrade 51b0:head --sql': 'a script for a database that is at 51b0',
    },
    load: async () => (await import('./commands/run.js')).upgrade,
  },
  {
    name: 'downgrade',
    summary: 'take revisions back, down to a target',
    description: `${TARGETS} The target itself stays applied.`,
    arguments: { '<target>': 'where to end. With --sql also a range, from:to' },
    options: [SQL, DRY_RUN, PLAN, MARKDOWN],
    examples: {
      'downgrade -1': 'the last one',
      'downgrade 51b0': 'everything above 51b0',
      'downgrade base': 'everything',
    },
    load: async () => (await import('./commands/run.js')).downgrade,
  },
  {
    name: 'rehearse',
    summary: 'try an upgrade and its way back on a copy of the database',
    description:
      'Up, checks, down, up again, with the time and the rows of each step. The database itself is only read. Exit code 1 when production would have met a problem.',
    arguments: { '[target]': 'where to end; default: head' },
    options: [
      {
        flags: '--rows <number>',
        description: 'copy so many rows of each table; default: all (SQLite: always all)',
      },
      { flags: '--keep', description: 'let the copy stay, and say where it is' },
    ],
    examples: {
      rehearse: 'everything that is pending',
      'rehearse +1 --rows 10000': 'the next revision, on some of the rows',
    },
    load: async () => (await import('./commands/rehearse.js')).rehearse,
  },
  {
    name: 'check',
    summary: 'compare files, record, models and database',
    description:
      'Lists what is pending, edited, unknown or different, with what may go wrong. Changes nothing. Exit code 1 when it is not up to date. With `--strict` also what may go wrong with the pending revisions, where they do not allow it; pending ones alone are then no fault.',
    options: [
      RENAME,
      {
        flags: '--strict',
        description:
          'review the pending revisions: exit code 1 for what may go wrong and no `sm2kit-allow` allows',
      },
    ],
    examples: { check: 'before a merge or a deployment', 'check --json': 'for a program' },
    load: async () => (await import('./commands/check.js')).check,
  },
  {
    name: 'stamp',
    summary: 'record revisions as applied without running them',
    description:
      'The targets and everything below them count as applied afterwards, what stands on them does not. Also accepts an edited file.',
    arguments: { '<targets...>': 'ids, head, heads or base' },
    options: [{ flags: '--purge', description: 'forget every record first, unknown revisions included' }],
    examples: { 'stamp head': 'a database that has all tables already', 'stamp base': 'nothing is applied' },
    load: async () => (await import('./commands/records.js')).stamp,
  },
  {
    name: 'merge',
    summary: 'join several heads by a new revision',
    arguments: { '[revisions...]': 'what to join; default: heads' },
    options: [{ flags: MESSAGE, description: 'default: which revisions it joins' }, LABEL, REV_ID],
    examples: { 'merge heads -m "join"': 'all heads', 'merge 3f2a 9c41': 'two of them' },
    load: async () => (await import('./commands/revision.js')).merge,
  },
  ...RARE_VERBS,
]
