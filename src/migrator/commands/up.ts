import { type CommandContext, runWriting } from './context.js'
import { finishInterrupted, type MigrationMeta, runSteps } from './run-steps.js'
import { selectUp, type UpOptions } from './select.js'
import { readState, refuseEdited, refuseUnknown } from './state.js'

/** `migrator.up()`. One statement when nothing is pending. */
export const up = (context: CommandContext, options: UpOptions = {}): Promise<readonly MigrationMeta[]> =>
  runWriting(context, async () => {
    const before = await readState(context)
    refuseEdited(before)
    const wanted = selectUp(before, options)
    refuseUnknown(context, before, wanted.length + before.interrupted.length > 0)
    if (before.interrupted.length === 0) {
      return wanted.length === 0 ? [] : runSteps(context, before, wanted, 'up')
    }

    const resumed = (await finishInterrupted(context, before)).up
    const state = await readState(context)
    const isWanted = (name: string): boolean => wanted.some((revision) => revision.name === name)
    const rest = state.pending.filter(({ name }) => isWanted(name))
    return [...resumed, ...(rest.length === 0 ? [] : await runSteps(context, state, rest, 'up'))]
  })
