import { expect, test } from 'vitest'
import { describeEngines, withDatabase } from '../support/engines/index.js'
import { project, sm2kit } from './support/sm2kit.js'

const REVISION = `import type { Migration } from 'sm2kit/migrator'

export const revision: string = '0000aaaa'
export const downRevision: string | null = null

interface Notes { readonly title: string }

export const up: Migration = async ({ context: op }) => {
  // sm2kit-allow drop-table: nobody reads it
  await op.dropTable('notes' satisfies string)
  await op.dropTable('old|notes')
}
`

describeEngines(
  'sm2kit upgrade --plan',
  (engine) => {
    test('tells locks and findings, as text, Markdown and JSON, and check --strict fails on what is not allowed', () =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        const queries = sequelize.getQueryInterface()
        for (const name of ['notes', 'old|notes']) {
          await queries.createTable(name, { title: 'VARCHAR(20)' })
          await queries.bulkInsert(name, [{ title: 'a' }])
        }
        const folder = await project({
          'sm2kit.config.json': '{ "migrations": "./migrations", "baseline": false }',
          'migrations/20260101000000_a.ts': REVISION,
        })
        const run = (args: readonly string[]) => sm2kit(folder, args, { env: { DATABASE_URL: database.url } })
        const text = await run(['upgrade', '--plan'])
        expect(text.exitCode).toBe(0)
        expect(text.stdout).toMatchInlineSnapshot(`
          "Would run upgrade <base> -> 0000aaaa, a (irreversible: it has no down)
              DROP TABLE IF EXISTS \`notes\`;
                lock: write lock of the file
                allowed drop-table (data loss, 1 row): all rows of notes are lost
                  because: nobody reads it
              DROP TABLE IF EXISTS \`old|notes\`;
                lock: write lock of the file
                ! drop-table (data loss, 1 row): all rows of old|notes are lost
                  safe way: stop using it in one release, and drop it in a later one, after a backup
          1 step would run, 1 finding; nothing was changed.
          "
        `)

        const markdown = await run(['upgrade', '--plan', '--markdown'])
        expect(markdown.stdout).toContain('| Statement | Lock | What may go wrong |\n|---|---|---|\n')
        expect(markdown.stdout).toMatch(
          /^\| `.*DROP TABLE IF EXISTS .*\| .* \| .*drop-table, allowed: nobody reads it/mu,
        )
        expect(markdown.stdout).toContain('old\\|notes')

        const json = JSON.parse((await run(['upgrade', '--plan', '--json'])).stdout)
        expect(json.steps[0].irreversible).toBe(true)

        const strict = await run(['check', '--strict'])
        expect(strict.exitCode).toBe(1)
        expect(strict.stdout).toContain(
          'Finding in 0000aaaa: drop-table (data loss, 1 row): all rows of old|notes are lost',
        )
        expect(strict.stdout).not.toContain('all rows of notes are lost')

        await queries.bulkDelete('notes', {})
        await queries.bulkDelete('old|notes', {})
        expect(await run(['check', '--strict'])).toMatchObject({ exitCode: 0 })
        expect(await run(['check'])).toMatchObject({ exitCode: 1 })
        expect(await run(['upgrade', '--markdown'])).toMatchObject({ exitCode: 2 })
      }))
  },
  ({ name }) => name === 'sqlite',
)
