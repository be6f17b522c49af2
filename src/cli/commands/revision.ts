import type { NewRevisionOptions, WrittenRevision } from '../../migrator/index.js'
import type { Invocation } from '../invocation.js'
import type { Outcome, Run } from '../verb.js'
import { whileWriting, withMigrator, withNearPath } from '../with-migrator.js'

/** `sm2kit revision` */
export const revision: Run = (invocation) =>
  withMigrator(invocation, async (migrator) => {
    whileWriting(invocation)
    const given = {
      head: listed(invocation.text('head')),
      branchLabel: some(invocation.list('branchLabel')),
      dependsOn: some(invocation.list('dependsOn')),
      id: invocation.text('revId'),
      folder: invocation.text('folder'),
      format: invocation.text('format') as NewRevisionOptions['format'],
    }
    const written = await migrator.revision({
      message: invocation.text('message') ?? '',
      ...(invocation.isOn('autogenerate') ? { autogenerate: true } : {}),
      ...(invocation.isOn('splice') ? { splice: true } : {}),
      ...withoutUndefined(given),
    })
    return one(written, invocation)
  })

/** `sm2kit merge` */
export const merge: Run = (invocation) =>
  withMigrator(invocation, async (migrator) => {
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
    )
  })

/** `sm2kit eject` */
export const eject: Run = (invocation) =>
  withMigrator(invocation, async (migrator) => {
    whileWriting(invocation)
    const written = await migrator.eject(invocation.argument(0))
    const value = written.map((file) => withNearPath(file, invocation))
    const text = value.map(generated).join('\n')
    const next =
      'In the config, set `baseline: false` and have this folder among `migrations`: these files are the history now.'
    return { value, text: value.length === 0 ? 'Nothing to write.' : `${text}\n${next}` }
  })

const one = (written: WrittenRevision, invocation: Invocation): Outcome => {
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
