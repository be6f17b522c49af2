import type { Sequelize } from 'sequelize'
import { expect } from 'vitest'
import { expectedSnapshot } from './expected.js'
import { allRevisions, baseline } from './history.js'
import { readRecorded, readSnapshot, type Snapshot } from './snapshot.js'

/** How often each revision ran up, less how often it ran down, as `run_log` counted it; the shipped one keeps no log. */
const netRuns = (log: Snapshot['rows'][string]): Readonly<Record<string, number>> => {
  const net: Record<string, number> = {}
  for (const { entry } of log) {
    const [direction, revision = ''] = String(entry).split(' ')
    net[revision] = (net[revision] ?? 0) + (direction === 'up' ? 1 : -1)
  }
  return net
}

/** The database beside its version table. */
export const readState = async (sequelize: Sequelize) => {
  const { tables, rows, indexes } = await readSnapshot(sequelize)
  const { run_log: _columns, ...ownTables } = tables
  const { run_log: log = [], ...ownRows } = rows
  return {
    recorded: await readRecorded(sequelize),
    schema: { tables: ownTables, indexes, rows: ownRows },
    log: log.map(({ entry }) => String(entry)),
    net: netRuns(log),
  }
}

/**
 * Expects that schema, rows and version table tell the same story, whichever it is: what is recorded has left all of
 * its signs once, and what is not recorded has left nothing.
 *
 * @param why - Says in a failure how to see it again.
 * @returns How many revisions are applied.
 */
export const expectAgreement = async (sequelize: Sequelize, why: string): Promise<number> => {
  const { recorded, schema, net } = await readState(sequelize)
  const applied = allRevisions.slice(0, recorded.length)
  expect(recorded, why).toEqual(applied.map((revision) => `${revision} applied`).sort())
  expect(schema, why).toEqual(expectedSnapshot(recorded.length))
  const runs = allRevisions
    .filter((revision) => revision !== baseline && net[revision] !== undefined)
    .map((revision) => [revision, applied.includes(revision) ? 1 : 0])
  expect(net, why).toEqual(Object.fromEntries(runs))
  for (const revision of applied.slice(1)) expect(net[revision], why).toBe(1)
  return recorded.length
}
