import { type CommandContext, runWriting } from './context.js'
import { finishInterrupted, type MigrationMeta, metaOf, runSteps } from './run-steps.js'
import { type DownOptions, selectDown } from './select.js'
import { readState, refuseEdited, refuseUnknown } from './state.js'

/** `migrator.down()`. */
export const down = (context: CommandContext, options: DownOptions = {}): Promise<readonly MigrationMeta[]> =>
  runWriting(context, async () => {
    const before = await readState(context)
    refuseEdited(before)
    refuseUnknown(context, before, before.applied.length + before.interrupted.length > 0)
    if (before.interrupted.length === 0) {
      const wanted = selectDown(before, options, [])
      return wanted.length === 0 ? [] : runSteps(context, before, wanted, 'down')
    }

    const resumed = (await finishInterrupted(context, before)).down
    const state = await readState(context)
    // Whoever has ended it: what was going down when the command began is what the command was to revert.
    const gone = before.interrupted.filter(({ revision }) => !state.rows.has(revision)).map(metaOf)
    const wanted = selectDown(state, options, gone)
    return [...resumed, ...(wanted.length === 0 ? [] : await runSteps(context, state, wanted, 'down'))]
  })
