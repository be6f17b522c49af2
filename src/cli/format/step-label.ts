/** What a step is called by. */
export interface LabelledStep {
  readonly revision: string
  readonly message: string
  readonly downRevision: readonly string[]
}

/** `Running upgrade 51b0c3d9a7e4 -> 8c1d0a5be2f7, add stars`; the beginning of a line is `<base>`. */
export const stepLabel = (step: LabelledStep, direction: 'up' | 'down', verb = 'Running'): string => {
  const below = parentsText(step.downRevision)
  const way =
    direction === 'up' ? `upgrade ${below} -> ${step.revision}` : `downgrade ${step.revision} -> ${below}`
  return `${verb} ${way}${step.message === '' ? '' : `, ${oneLine(step.message)}`}`
}

/** Ids of what a revision stands on, in Alembic's words. */
export const parentsText = (ids: readonly string[]): string => (ids.length === 0 ? '<base>' : ids.join(', '))

/** A text of the user's on one line, without what would move the cursor. */
export const oneLine = (text: string): string =>
  text
    .replace(/\s+/gu, ' ')
    .replace(/\p{Cc}/gu, '')
    .trim()
