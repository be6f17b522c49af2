import type { Migrator, RevisionInfo } from '../../migrator/index.js'
import { revisionEntry } from '../format/revision-entry.js'
import { type LineParts, revisionLine } from '../format/revision-line.js'
import { upgradeCommand } from '../format/upgrade-command.js'
import type { Invocation } from '../invocation.js'
import type { Outcome, Run } from '../verb.js'
import { withMigrator, withNearPath } from '../with-migrator.js'

/** `sm2kit current` */
export const current: Run = (invocation) =>
  withMigrator(invocation, async (migrator) => {
    const infos = await migrator.current()
    if (!invocation.surroundings.terminal.isJson) remarkState(invocation, infos, await migrator.history())
    return listed(invocation, infos, {})
  })

/** `sm2kit history` */
export const history: Run = (invocation) =>
  withMigrator(invocation, async (migrator) => {
    const infos = await migrator.history(invocation.text('revRange'))
    const marked = invocation.isOn('indicateCurrent') ? await idsOfCurrent(migrator) : new Set<string>()
    return listed(invocation, infos, { parents: true, labels: true, tree: true, message: true }, marked)
  })

/** `sm2kit heads` */
export const heads: Run = (invocation) =>
  withMigrator(invocation, async (migrator) => {
    const all = await migrator.heads()
    const infos = invocation.isOn('resolveDependencies') ? all.filter((info) => info.isEffectiveHead) : all
    return listed(invocation, infos, { labels: true })
  })

/** `sm2kit branches` */
export const branches: Run = (invocation) =>
  withMigrator(invocation, async (migrator) => {
    const infos = await migrator.branches()
    const value = infos.map((info) => withNearPath(info, invocation))
    if (infos.length === 0) return { value, text: '' }
    const known = new Map((await migrator.history()).map((info) => [info.revision, info]))
    const isVerbose = invocation.isOn('verbose')
    const texts = infos.map((info) => {
      const own = isVerbose
        ? revisionEntry(info, invocation.surroundings.folder)
        : revisionLine(info, { labels: true, tree: true })
      const children = info.children.map((id) => {
        const child = known.get(id)
        const line =
          child === undefined ? id : revisionLine(child, { labels: true, tree: true, message: isVerbose })
        return `${' '.repeat(info.revision.length)} -> ${line}`
      })
      return [own, ...children].join('\n')
    })
    return { value, text: texts.join('\n\n') }
  })

/** `sm2kit show` */
export const show: Run = (invocation) =>
  withMigrator(invocation, async (migrator) => {
    const info = await migrator.show(invocation.argument(0))
    return {
      value: withNearPath(info, invocation),
      text: revisionEntry(info, invocation.surroundings.folder),
    }
  })

const idsOfCurrent = async (migrator: Migrator): Promise<ReadonlySet<string>> =>
  new Set((await migrator.current()).map((info) => info.revision))

const listed = (
  invocation: Invocation,
  infos: readonly RevisionInfo[],
  parts: LineParts,
  marked: ReadonlySet<string> = new Set(),
): Outcome => {
  const { folder } = invocation.surroundings
  const texts = infos.map((info) => {
    const isCurrent = marked.has(info.revision)
    return invocation.isOn('verbose')
      ? revisionEntry(info, folder, isCurrent)
      : revisionLine(info, { ...parts, isCurrent })
  })
  return { value: infos.map((info) => withNearPath(info, invocation)), text: texts.join('\n') }
}

/** What a look at the heads alone would not show. */
const remarkState = (
  { surroundings: { terminal } }: Invocation,
  applied: readonly RevisionInfo[],
  all: readonly RevisionInfo[],
): void => {
  const remark = (text: string): void => terminal.remark(terminal.styleRemark('yellow', text))
  const ids = (infos: readonly RevisionInfo[]): string => infos.map((info) => info.revision).join(', ')
  if (applied.length === 0) remark('Nothing is applied.')
  const interrupted = all.filter((info) => info.state === 'interrupted')
  if (interrupted.length > 0)
    remark(`Interrupted: ${ids(interrupted)}; the next upgrade or downgrade goes on with it.`)
  const upgrade = upgradeCommand(all)
  const below = all.filter((info) => info.isBelowHead)
  if (below.length > 0)
    remark(`Pending below head: ${ids(below)}; \`${upgrade}\` applies what was put there later.`)
  const pending = all.filter((info) => info.state === 'pending' && !info.isBelowHead)
  if (pending.length > 0)
    remark(`${pending.length} pending; \`${upgrade}\` applies ${pending.length === 1 ? 'it' : 'them'}.`)
}
