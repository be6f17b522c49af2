// The revisions that the fault tests run, in this process and in children: no import of vitest here.
//
// Each leaves signs that count: a row in `run_log` for each time it ran, rows that a second run would double, and
// sums that a second run would change.

import { setTimeout as sleep } from 'node:timers/promises'
import { DataTypes } from 'sequelize'
import type { Op, Revision } from 'sm2kit/migrator'

type Step = (op: Op, pause: () => Promise<void>) => Promise<void>

const { INTEGER, STRING } = DataTypes
const key = { type: INTEGER, primaryKey: true, autoIncrement: false }
const count = { type: INTEGER, allowNull: false, defaultValue: 0 }

const steps: readonly (readonly [revision: string, up: Step, down: Step])[] = [
  [
    'decks',
    async (op, pause) => {
      await op.createTable('decks', { id: key, title: STRING(40), counter: count })
      await pause()
      await op.bulkInsert('decks', [
        { id: 1, title: 'Spanish', counter: 0 },
        { id: 2, title: 'Welsh', counter: 0 },
      ])
    },
    (op) => op.dropTable('decks'),
  ],
  [
    'notes',
    async (op, pause) => {
      await op.createTable('notes', { id: key, deck_id: INTEGER, body: STRING(40) })
      await op.addIndex('notes', ['deck_id'], { name: 'notes_deck_id' })
      await pause()
      await op.bulkInsert('notes', [
        { id: 1, deck_id: 1, body: 'casa' },
        { id: 2, deck_id: 1, body: 'perro' },
        { id: 3, deck_id: 2, body: 'araf' },
      ])
    },
    async (op, pause) => {
      await op.bulkDelete('notes', {})
      await pause()
      await op.dropTable('notes')
    },
  ],
  [
    'stars',
    async (op, pause) => {
      await op.addColumn('notes', 'stars', count)
      await pause()
      await op.sequelize.query('UPDATE notes SET stars = stars + id')
      await op.sequelize.query('UPDATE decks SET counter = counter + 1')
    },
    async (op, pause) => {
      await op.sequelize.query('UPDATE decks SET counter = counter - 1')
      await pause()
      await op.removeColumn('notes', 'stars')
    },
  ],
  [
    'tags',
    async (op, pause) => {
      await op.createTable('tags', { name: STRING(40), weight: INTEGER })
      await op.bulkInsert('tags', [
        { name: 'verb', weight: 1 },
        { name: 'noun', weight: 2 },
      ])
      await pause()
      await op.sequelize.query('INSERT INTO tags (name, weight) SELECT body, stars FROM notes')
      await op.addIndex('tags', ['weight'], { name: 'tags_weight' })
    },
    async (op, pause) => {
      await op.removeIndex('tags', 'tags_weight')
      await pause()
      await op.dropTable('tags')
    },
  ],
  [
    'archive',
    async (op, pause) => {
      await op.createTable('archive', { id: INTEGER, deck_id: INTEGER, body: STRING(40), stars: INTEGER })
      await op.sequelize.query(
        'INSERT INTO archive (id, deck_id, body, stars) SELECT id, deck_id, body, stars FROM notes WHERE stars > 1',
      )
      await pause()
      await op.sequelize.query('DELETE FROM notes WHERE stars > 1')
      await op.sequelize.query('UPDATE decks SET counter = counter * 2 + 1')
    },
    async (op, pause) => {
      await op.sequelize.query('UPDATE decks SET counter = (counter - 1) / 2')
      await op.sequelize.query(
        'INSERT INTO notes (id, deck_id, body, stars) SELECT id, deck_id, body, stars FROM archive',
      )
      await pause()
      await op.dropTable('archive')
    },
  ],
]

/** The id of the shipped revision, on which the first of {@link history} depends. */
export const baseline = 'f3e3ac684f8e'

/** Every revision in the order in which `up()` runs them, the shipped one first. */
export const allRevisions: readonly string[] = [baseline, ...steps.map(([revision]) => revision)]

/** A table of the host's that was there before; without a key, so that a row for each run fits. */
export const CREATE_RUN_LOG = 'CREATE TABLE run_log (entry VARCHAR(40))'

/**
 * Five revisions in memory that stand on the shipped one.
 *
 * @param pauseMs - How long each step takes a rest in its middle.
 * @param transaction - `false`: each step is run without one, statement by statement.
 */
export const history = (pauseMs = 0, transaction = true): readonly Revision[] => {
  const pause = async (): Promise<void> => {
    if (pauseMs > 0) await sleep(pauseMs)
  }
  const logged =
    (entry: string, step: Step): Revision['up'] =>
    async ({ context: op }) => {
      await op.sequelize.query(`INSERT INTO run_log (entry) VALUES ('${entry}')`)
      await step(op, pause)
    }
  return steps.map(([revision, up, down], index) => ({
    revision,
    downRevision: steps[index - 1]?.[0] ?? null,
    dependsOn: index === 0 ? [baseline] : [],
    transaction,
    up: logged(`up ${revision}`, up),
    down: logged(`down ${revision}`, down),
  }))
}
