import { type CommandContext, runWriting } from './context.js'
import { finishInterrupted, type MigrationMeta, runSteps } from './run-steps.js'
import { type DownOptions, selectDown } from './select.js'
import { readState, refuseEdited, refuseUnknown } from './state.js'

/** `migrator.down()`. */
export const down = (context: CommandContext, options: DownOptions = {}): Promise<readonly MigrationMeta[]> =>
  runWriting(context, async () => {
    let state = await readState(context)
    refuseEdited(state)
    refuseUnknown(context, state, state.applied.length + state.interrupted.length > 0)
    let resumed: readonly MigrationMeta[] = []
    if (state.interrupted.length > 0) {
      resumed = await finishInterrupted(context, state)
      state = await readState(context)
    }
    const wanted = selectDown(state, options, resumed)
    return [...resumed, ...(wanted.length === 0 ? [] : await runSteps(context, state, wanted, 'down'))]
  })
