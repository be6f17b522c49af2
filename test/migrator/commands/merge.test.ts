import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { Sequelize } from 'sequelize'
import type { MergeOptions, Target } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { failure, folderOf, native } from '../support.js'

const { createMigrator } = await native()
const memory = (): Sequelize => new Sequelize({ dialect: 'sqlite', storage: ':memory:', logging: false })

const file = (revision: string, downRevision: string | null, label?: string): string =>
  `export const revision = '${revision}'
export const downRevision = ${JSON.stringify(downRevision)}
${label === undefined ? '' : `export const branchLabels = ['${label}']\n`}export const up = async () => {}
export const down = async () => {}
`

/** Three heads. */
const files = {
  '20260101000000_a.mjs': file('a1a1', null),
  '20260102000000_b.mjs': file('b1b1', 'a1a1'),
  '20260103000000_c.mjs': file('c1c1', 'a1a1', 'billing'),
  '20260104000000_d.mjs': file('d1d1', null),
}
const migratorOf = (given: Readonly<Record<string, string>> = files) => {
  const folder = folderOf(given)
  return { folder, migrator: createMigrator({ sequelize: memory(), migrations: folder }) }
}

test('joins all heads of the host, and none of a shipped branch; the history is one line again', async () => {
  const { migrator } = migratorOf()
  expect((await failure(migrator.upgrade())).code).toBe('MULTIPLE_HEADS')
  const merged = await migrator.merge('heads')
  expect(merged).toEqual({
    revision: expect.stringMatching(/^[0-9a-f]{12}$/u),
    path: expect.stringMatching(/\d{14}_merge_b1b1_c1c1_d1d1\.mjs$/u),
    message: 'merge b1b1, c1c1, d1d1',
    downRevision: ['b1b1', 'c1c1', 'd1d1'],
  })
  expect(readFileSync(merged.path, 'utf8')).toBe(`export const revision = '${merged.revision}'
export const downRevision = ['b1b1', 'c1c1', 'd1d1']
export const message = 'merge b1b1, c1c1, d1d1'

export const up = async () => {}

export const down = async () => {}
`)
  expect((await migrator.upgrade()).steps.at(-1)?.revision).toBe(merged.revision)
  expect((await migrator.current()).map(({ revision }) => revision)).toEqual([
    merged.revision,
    'f3e3ac684f8e',
  ])
  expect((await migrator.downgrade('base')).steps[0]?.revision).toBe(merged.revision)
})

test('joins those that are named: by id, start of an id, name, label; with a message, a label and an id of their own', async () => {
  const { migrator } = migratorOf()
  const options = { message: 'back together', branchLabel: 'joined', id: 'e1e1' } satisfies MergeOptions
  const merged = await migrator.merge(['20260102000000_b', 'billing@head'], options)
  expect([merged.revision, merged.downRevision, merged.message]).toEqual([
    'e1e1',
    ['b1b1', 'c1c1'],
    'back together',
  ])
  expect(basename(merged.path)).toMatch(/^\d{14}_back_together\.mjs$/u)
  expect((await migrator.show('joined')).isMergePoint).toBe(true)
  expect((await migrator.merge('e1e1,d1d1')).downRevision).toEqual(['e1e1', 'd1d1'])
})

test.each<[string, Target, MergeOptions | undefined, string]>([
  ['one head', 'b1b1', {}, 'NOTHING_TO_MERGE'],
  ['one head twice', ['b1b1', '20260102000000_b'], {}, 'NOTHING_TO_MERGE'],
  ['nothing', 'base', {}, 'NOTHING_TO_MERGE'],
  ['several by a word that means one', 'head', {}, 'MULTIPLE_HEADS'],
  ['what has a child', ['a1a1', 'd1d1'], {}, 'NOT_A_HEAD'],
  ['what is not there', ['b1b1', 'nosuch'], {}, 'UNKNOWN_REVISION'],
  ['an empty list', [], {}, 'INVALID_OPTION'],
  ['no text', 3 as never, {}, 'INVALID_OPTION'],
  ['an unknown option', 'heads', { msg: 'x' } as never, 'UNKNOWN_OPTION'],
  ['a message that is none', 'heads', { message: 3 } as never, 'INVALID_OPTION'],
  ['an id that is taken', 'heads', { id: 'a1a1' }, 'DUPLICATE_REVISION'],
  ['a label that is taken', 'heads', { branchLabel: 'billing' }, 'DUPLICATE_REVISION'],
])('refuses %s', async (_what, revisions, options, code) => {
  const { folder, migrator } = migratorOf()
  const error = await failure(migrator.merge(revisions, options))
  expect(error.code).toBe(code)
  expect(readdirSync(folder)).toEqual(Object.keys(files))
})

test('says which heads there are', async () => {
  const { migrator } = migratorOf()
  expect((await failure(migrator.merge('b1b1'))).message).toBe(
    'A merge joins two heads or more; "b1b1" is one, b1b1. Nothing was written. The heads are b1b1, c1c1, d1d1: name them, or say "heads".',
  )
  const { '20260101000000_a.mjs': only } = files
  const alone = migratorOf({ '20260101000000_a.mjs': only }).migrator
  expect((await failure(alone.merge('heads'))).message).toBe(
    'A merge joins two heads or more; "heads" is one, a1a1. Nothing was written. There are no heads to join.',
  )
  expect((await failure(migratorOf({}).migrator.merge('heads'))).code).toBe('NOTHING_TO_MERGE')
})
