import type { Readable, Writable } from 'node:stream'
import type { RenameProposal } from '../migrator/index.js'
import { CliError } from './cli-error.js'
import type { Terminal } from './terminal.js'

/** Whether somebody is there who can answer. */
export const canAsk = (terminal: Terminal): boolean => terminal.isLive && process.stdin.isTTY === true

const NONE = ''

/**
 * Asks of each name that is gone whether it is one of the new names.
 *
 * @param streams - Default: the process's own.
 * @returns What was said to be a rename, as the option `renames` takes it.
 * @throws CliError `CANCELLED`
 */
export const askRenames = async (
  proposals: readonly Pick<RenameProposal, 'from' | 'to'>[],
  streams: { readonly input?: Readable; readonly output?: Writable } = {},
): Promise<Readonly<Record<string, string>>> => {
  const { isCancel, select } = await import('@clack/prompts')
  const renames: Record<string, string> = {}
  const taken = new Set<string>()
  for (const from of new Set(proposals.map((proposal) => proposal.from))) {
    const possible = proposals.filter((proposal) => proposal.from === from && !taken.has(proposal.to))
    if (possible.length === 0) continue
    const answer = await select<string>({
      ...streams,
      message: `${from} is gone. Was it renamed?`,
      options: [
        ...possible.map(({ to }) => ({ value: to, label: `renamed to ${to}`, hint: 'its rows are kept' })),
        { value: NONE, label: 'no', hint: 'it is dropped, and what it holds is lost' },
      ],
    })
    if (isCancel(answer)) throw new CliError('CANCELLED', 'Cancelled. Nothing was written.')
    if (answer === NONE) continue
    renames[from] = answer
    taken.add(answer)
  }
  return renames
}
