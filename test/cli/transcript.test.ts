import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tablesOf } from '../migrator/support.js'
import { describeNewest, withDatabase } from '../support/engines/index.js'
import { HISTORY, project, sm2kit, withoutTimes } from './support/sm2kit.js'

const config = { 'sm2kit.config.json': '{ "migrations": "./migrations" }' }

/** Commands one after another as a terminal would show them; a remark beside the result begins with `!`. */
const transcript = async (
  folder: string,
  url: string,
  commands: readonly (readonly string[])[],
): Promise<string> => {
  let text = ''
  for (const command of commands) {
    const { exitCode, stdout, stderr } = await sm2kit(folder, command, { env: { DATABASE_URL: url } })
    text += `$ sm2kit ${command.join(' ')}\n${stdout}${stderr.replace(/^(?=.)/gmu, '! ')}`
    if (exitCode !== 0) text += `exit code ${exitCode}\n`
  }
  return `\n${withoutTimes(text)}`
}

describeNewest(
  'the commands of a project that lives by Alembic',
  (engine) => {
    test('upgrade, look, and downgrade, in the words of Alembic', () =>
      withDatabase(engine, async (database) => {
        const folder = await project({ ...HISTORY, ...config })
        const printed = await transcript(folder, database.url, [
          ['current'],
          ['history'],
          ['upgrade', '51b0c3d9a7e4'],
          ['current'],
          ['upgrade', 'head'],
          ['upgrade', 'head'],
          ['current'],
          ['history', '--indicate-current'],
          ['heads'],
          ['downgrade', '-1'],
          ['upgrade', '+1'],
          ['downgrade', '51b0c3d9a7e4'],
          ['downgrade', 'base'],
          ['current'],
        ])
        expect(printed).toMatchInlineSnapshot(`
          "
          $ sm2kit current
          ! Nothing is applied.
          ! 3 pending; \`sm2kit upgrade head\` applies them.
          $ sm2kit history
          51b0c3d9a7e4 -> 8c1d0a5be2f7 (head), add stars
          <base> (f3e3ac684f8e) -> 51b0c3d9a7e4, create notes
          <base> -> f3e3ac684f8e (sm2) (effective head), baseline
          $ sm2kit upgrade 51b0c3d9a7e4
          Running upgrade <base> -> f3e3ac684f8e, baseline … <time>
          Running upgrade <base> -> 51b0c3d9a7e4, create notes … <time>
          Done: 2 revisions applied in <time>; the database is at 51b0c3d9a7e4.
          $ sm2kit current
          51b0c3d9a7e4
          ! 1 pending; \`sm2kit upgrade head\` applies it.
          $ sm2kit upgrade head
          Running upgrade 51b0c3d9a7e4 -> 8c1d0a5be2f7, add stars … <time>
          Done: 1 revision applied in <time>; the database is at 8c1d0a5be2f7 (head).
          $ sm2kit upgrade head
          Nothing to do: the database is at 8c1d0a5be2f7 (head).
          $ sm2kit current
          8c1d0a5be2f7 (head)
          $ sm2kit history --indicate-current
          51b0c3d9a7e4 -> 8c1d0a5be2f7 (head) (current), add stars
          <base> (f3e3ac684f8e) -> 51b0c3d9a7e4, create notes
          <base> -> f3e3ac684f8e (sm2) (effective head), baseline
          $ sm2kit heads
          8c1d0a5be2f7 (head)
          f3e3ac684f8e (sm2) (effective head)
          $ sm2kit downgrade -1
          Running downgrade 8c1d0a5be2f7 -> 51b0c3d9a7e4, add stars … <time>
          Done: 1 revision taken back in <time>; the database is at 51b0c3d9a7e4.
          $ sm2kit upgrade +1
          Running upgrade 51b0c3d9a7e4 -> 8c1d0a5be2f7, add stars … <time>
          Done: 1 revision applied in <time>; the database is at 8c1d0a5be2f7 (head).
          $ sm2kit downgrade 51b0c3d9a7e4
          Running downgrade 8c1d0a5be2f7 -> 51b0c3d9a7e4, add stars … <time>
          Done: 1 revision taken back in <time>; the database is at 51b0c3d9a7e4.
          $ sm2kit downgrade base
          Running downgrade 51b0c3d9a7e4 -> <base>, create notes … <time>
          Running downgrade f3e3ac684f8e -> <base>, baseline … <time>
          Done: 2 revisions taken back in <time>; nothing is applied.
          $ sm2kit current
          ! Nothing is applied.
          ! 3 pending; \`sm2kit upgrade head\` applies them.
          "
        `)
        const left = (await tablesOf(database.connect())).filter(
          (name) => !name.startsWith('sm2kit_revisions'),
        )
        expect(left).toEqual([])
      }))

    test('write a new revision, and apply it', () =>
      withDatabase(engine, async (database) => {
        const folder = await project({ ...HISTORY, ...config })
        const printed = await transcript(folder, database.url, [
          ['upgrade', 'head'],
          ['revision', '-m', 'description of changes', '--rev-id', 'aaaabbbbcccc'],
          ['current'],
          ['history', '-r', '51b0:'],
          ['upgrade', 'aaaa'],
          ['show', 'head'],
        ])
        const [name = ''] = readdirSync(join(folder, 'migrations')).filter((file) =>
          file.includes('description'),
        )
        expect(printed.replaceAll(name, '<timestamp>_description_of_changes.js')).toMatchInlineSnapshot(`
          "
          $ sm2kit upgrade head
          Running upgrade <base> -> f3e3ac684f8e, baseline … <time>
          Running upgrade <base> -> 51b0c3d9a7e4, create notes … <time>
          Running upgrade 51b0c3d9a7e4 -> 8c1d0a5be2f7, add stars … <time>
          Done: 3 revisions applied in <time>; the database is at 8c1d0a5be2f7 (head).
          $ sm2kit revision -m description of changes --rev-id aaaabbbbcccc
          Generating migrations/<timestamp>_description_of_changes.js ... done
          $ sm2kit current
          8c1d0a5be2f7
          ! 1 pending; \`sm2kit upgrade head\` applies it.
          $ sm2kit history -r 51b0:
          8c1d0a5be2f7 -> aaaabbbbcccc (head), description of changes
          51b0c3d9a7e4 -> 8c1d0a5be2f7, add stars
          <base> (f3e3ac684f8e) -> 51b0c3d9a7e4, create notes
          $ sm2kit upgrade aaaa
          Running upgrade 8c1d0a5be2f7 -> aaaabbbbcccc, description of changes … <time>
          Done: 1 revision applied in <time>; the database is at aaaabbbbcccc (head).
          $ sm2kit show head
          Rev: aaaabbbbcccc (head)
          Parent: 8c1d0a5be2f7
          Path: migrations/<timestamp>_description_of_changes.js
          State: applied <instant> in <time> by <who> with sm2kit <version>

              description of changes
          "
        `)
        expect(readFileSync(join(folder, 'migrations', name), 'utf8')).toContain("'aaaabbbbcccc'")
      }))
  },
  ({ isShared }) => isShared,
)
