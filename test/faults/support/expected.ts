import { allRevisions, baseline } from './history.js'
import type { Snapshot } from './snapshot.js'

type Deck = { readonly id: number; readonly title: string; readonly counter: number }
type Note = { readonly id: number; readonly deck_id: number; readonly body: string; readonly stars?: number }

const SHIPPED = {
  tables: {
    sm2_cards: [
      ...['created_at', 'due_on', 'ease_factor', 'interval_days', 'item_id', 'last_reviewed_on'],
      ...['learner_id', 'repetitions', 'updated_at'],
    ],
    sm2_reviews: [
      ...['ease_factor_after', 'ease_factor_before', 'grade', 'id', 'interval_days_after'],
      ...['interval_days_before', 'item_id', 'kind', 'learner_id', 'repetitions_after', 'repetitions_before'],
      ...['reviewed_at', 'reviewed_on'],
    ],
  },
  indexes: ['sm2_cards_learner_id_due_on', 'sm2_reviews_learner_id_item_id_reviewed_at'],
  rows: { sm2_cards: [], sm2_reviews: [] },
}

const notes = (starsOf: (id: number) => number | undefined): readonly Note[] =>
  [
    { id: 1, deck_id: 1, body: 'casa' },
    { id: 2, deck_id: 1, body: 'perro' },
    { id: 3, deck_id: 2, body: 'araf' },
  ].map((note) => {
    const stars = starsOf(note.id)
    return stars === undefined ? note : { ...note, stars }
  })

const decks = (counter: number): readonly Deck[] => [
  { id: 1, title: 'Spanish', counter },
  { id: 2, title: 'Welsh', counter },
]

/**
 * What the database holds when exactly the first `applied` of all revisions are applied, written down by hand: the
 * oracle of the fault tests. `run_log` is left out, as it tells how often a revision ran and not what it did.
 */
export const expectedSnapshot = (applied: number): Snapshot => {
  const has = (revision: string): boolean => allRevisions.indexOf(revision) < applied
  const tables: Record<string, readonly string[]> = {}
  const rows: Record<string, readonly object[]> = {}
  const indexes: string[] = []
  if (has(baseline)) {
    Object.assign(tables, SHIPPED.tables)
    Object.assign(rows, SHIPPED.rows)
    indexes.push(...SHIPPED.indexes)
  }
  if (has('decks')) {
    tables['decks'] = ['counter', 'id', 'title']
    rows['decks'] = decks(has('archive') ? 3 : has('stars') ? 1 : 0)
  }
  if (has('notes')) {
    tables['notes'] = ['body', 'deck_id', 'id', ...(has('stars') ? ['stars'] : [])]
    const all = notes((id) => (has('stars') ? id : undefined))
    rows['notes'] = has('archive') ? all.slice(0, 1) : all
    indexes.push('notes_deck_id')
  }
  if (has('tags')) {
    tables['tags'] = ['name', 'weight']
    rows['tags'] = [
      { name: 'araf', weight: 3 },
      { name: 'casa', weight: 1 },
      { name: 'noun', weight: 2 },
      { name: 'perro', weight: 2 },
      { name: 'verb', weight: 1 },
    ]
    indexes.push('tags_weight')
  }
  if (has('archive')) {
    tables['archive'] = ['body', 'deck_id', 'id', 'stars']
    rows['archive'] = notes((id) => id).slice(1)
  }
  return { tables, indexes: indexes.sort(), rows: rows as Snapshot['rows'] }
}
