import { canAsk } from '../ask-renames.js'
import { bytesText } from '../format/bytes.js'
import { duration } from '../format/duration.js'
import { type Invocation, usage } from '../invocation.js'
import type { Run } from '../verb.js'
import { withMigrator, withNearPath } from '../with-migrator.js'

/** `sm2kit backup` */
export const backup: Run = (invocation) =>
  withMigrator(invocation, async (migrator) => {
    const to = invocation.text('to')
    invocation.surroundings.interrupts.set(
      'No backup was kept; what was written of it is removed by the next one. The database was not changed.',
    )
    const report = withNearPath(await migrator.backup(to === undefined ? {} : { to }), invocation)
    const { path, bytes, durationMs, brokenKeys } = report
    const broken =
      brokenKeys === 0
        ? ''
        : `\n${brokenKeys} ${brokenKeys === 1 ? 'row refers' : 'rows refer'} to nothing by a foreign key, in the database as in its backup.`
    return {
      value: report,
      text: `Backup: ${path}, ${bytesText(bytes)} in ${duration(durationMs)}, read again and whole.${broken}`,
    }
  })

/** `sm2kit restore` */
export const restore: Run = async (invocation) => {
  const file = invocation.argument(0)
  if (!invocation.isOn('yes') && !(await isAgreed(invocation, file)))
    return { value: { restored: false }, text: 'Nothing was changed.', exitCode: 1 }
  return withMigrator(invocation, async (migrator) => {
    invocation.surroundings.interrupts.set(
      'The database was being brought back: it may be what it was, or what the backup holds, or (on MariaDB and MySQL) half of it. Run the same command again.',
    )
    const report = withNearPath(await migrator.restore(file), invocation)
    return {
      value: report,
      text: `Restored: the database is what ${report.path} holds (${duration(report.durationMs)}).`,
    }
  })
}

const isAgreed = async ({ surroundings: { terminal } }: Invocation, file: string): Promise<boolean> => {
  if (!canAsk(terminal))
    throw usage(
      'Whatever was written since the backup will be lost, and nobody can be asked here; say --yes.',
      '--yes',
    )
  const { confirm } = await import('@clack/prompts')
  const answer = await confirm({
    message: `Make the database what ${file} holds? What was written since is lost.`,
    initialValue: false,
  })
  return answer === true
}
