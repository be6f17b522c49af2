import type {
  GeneratedRevision,
  Migrator,
  NewRevisionOptions,
  Operation,
  WrittenRevision,
} from '../../migrator/index.js'
import { askRenames, canAsk } from '../ask-renames.js'
import type { Project } from '../config/open-project.js'
import { operationLines } from '../format/operation-lines.js'
import { type Invocation, usage } from '../invocation.js'
import { postWrite } from '../post-write.js'
import type { Outcome, Run } from '../verb.js'
import { whileWriting, withMigrator, withNearPath } from '../with-migrator.js'
import { renamesOf } from './renames.js'

/** `sm2kit revision` */
export const revision: Run = (invocation) =>
  withMigrator(invocation, async (migrator, _progress, project) => {
    whileWriting(invocation)
    const given = {
      head: listed(invocation.text('head')),
      branchLabel: some(invocation.list('branchLabel')),
      dependsOn: some(invocation.list('dependsOn')),
      id: invocation.text('revId'),
      folder: invocation.text('folder'),
      format: invocation.text('format') as NewRevisionOptions['format'],
    }
    const options = {
      message: invocation.text('message') ?? '',
      ...(invocation.isOn('splice') ? { splice: true } : {}),
      ...withoutUndefined(given),
    }
    if (invocation.isOn('autogenerate')) return generate(invocation, migrator, project, options)
    const idle = ['rename', 'allowPending', 'sql', 'dryRun'].find(
      (name) => invocation.options[name] !== undefined,
    )
    if (idle !== undefined) {
      const flag = `--${idle.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`)}`
      throw usage(`${flag} goes with --autogenerate.`, flag)
    }
    return one(await migrator.revision(options), invocation, project)
  })

const generate = async (
  invocation: Invocation,
  migrator: Migrator,
  project: Project,
  options: NewRevisionOptions,
): Promise<Outcome> => {
  const { terminal, folder } = invocation.surroundings
  if (invocation.isOn('sql') && invocation.isOn('dryRun'))
    throw usage('--sql and --dry-run exclude each other.', '--sql')
  const given = {
    ...options,
    autogenerate: true,
    renames: renamesOf(invocation),
    ...(invocation.isOn('allowPending') ? { allowPending: true } : {}),
  } as const
  const preview = invocation.isOn('sql') ? 'sql' : invocation.isOn('dryRun') ? 'source' : undefined
  // What is not a rename is a drop: where somebody can be asked, nothing is written before the answer.
  const renames = canAsk(terminal)
    ? await askRenames((await migrator.revision({ ...given, preview: 'source' })).proposals)
    : {}
  const asked = { ...given, renames: { ...given.renames, ...renames } }
  const made = await migrator.revision(preview === undefined ? asked : { ...asked, preview })
  const value = withNearPath(made, invocation)
  const { describeOperation } = await import('../../migrator/index.js')
  const remark = (text: string): void => terminal.remark(terminal.styleRemark('yellow', text))
  if (!terminal.isJson) {
    if (made.operations.length === 0) remark('Nothing is different: the database is what the models say.')
    else for (const line of detected(made.operations, describeOperation)) terminal.remark(line)
    for (const { from, to } of made.proposals)
      remark(`Possible rename: ${from} to ${to}; with --rename ${from}=${to} its rows are kept.`)
  }
  if (made.text !== undefined) return { value, text: made.text }
  if (made.statements !== undefined)
    return { value, text: made.statements.map((sql) => `${sql};\n`).join('\n') }
  await postWrite(project.postWrite, [made.path], folder)
  return { value, text: generated(value) }
}

const detected = (
  operations: GeneratedRevision['operations'],
  describe: (operation: Operation) => string,
): readonly string[] =>
  operations.flatMap((operation) => {
    const [first = '', ...hazards] = operationLines(operation, describe)
    return [`Detected: ${first}`, ...hazards]
  })

/** `sm2kit merge` */
export const merge: Run = (invocation) =>
  withMigrator(invocation, async (migrator, _progress, project) => {
    whileWriting(invocation)
    const revisions = invocation.rest(0)
    const given = {
      message: invocation.text('message'),
      branchLabel: some(invocation.list('branchLabel')),
      id: invocation.text('revId'),
    }
    return one(
      await migrator.merge(revisions.length === 0 ? 'heads' : revisions, withoutUndefined(given)),
      invocation,
      project,
    )
  })

/** `sm2kit eject` */
export const eject: Run = (invocation) =>
  withMigrator(invocation, async (migrator, _progress, project) => {
    whileWriting(invocation)
    const written = await migrator.eject(invocation.argument(0))
    await postWrite(
      project.postWrite,
      written.map(({ path }) => path),
      invocation.surroundings.folder,
    )
    const value = written.map((file) => withNearPath(file, invocation))
    const text = value.map(generated).join('\n')
    const next =
      'In the config, set `baseline: false` and have this folder among `migrations`: these files are the history now.'
    return { value, text: value.length === 0 ? 'Nothing to write.' : `${text}\n${next}` }
  })

const one = async (written: WrittenRevision, invocation: Invocation, project: Project): Promise<Outcome> => {
  await postWrite(project.postWrite, [written.path], invocation.surroundings.folder)
  const value = withNearPath(written, invocation)
  return { value, text: generated(value) }
}

const generated = ({ path }: WrittenRevision): string => `Generating ${path} ... done`

const some = (values: readonly string[]): readonly string[] | undefined =>
  values.length === 0 ? undefined : values

/** `a,b` is two ids; a single target stays as it is. */
const listed = (text: string | undefined): string | readonly string[] | undefined =>
  text?.includes(',') === true ? text.split(',').map((part) => part.trim()) : text

type Defined<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> }

const withoutUndefined = <T extends object>(values: T): Defined<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>
