// `revision --autogenerate` with its options, as a process of its own on every engine.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rowsOf, tablesOf } from '../migrator/support.js'
import { describeNewest, type TestDatabase, withDatabase } from '../support/engines/index.js'
import { type Printed, project, sm2kit } from './support/sm2kit.js'

const modelsWith = (columns: string): string => `const { DataTypes, Sequelize } = require('sequelize')
const sequelize = new Sequelize(process.env.DATABASE_URL, { logging: false })
sequelize.define('word', { ${columns} }, { timestamps: false })
module.exports = { sequelize }
`
const configWith = (more = ''): string =>
  `module.exports = { sequelize: () => require('./models.cjs').sequelize, migrations: './migrations', baseline: false, ${more} }`

const hostOn = async (database: TestDatabase, columns: string, config = configWith()) => {
  const folder = await project({ 'models.cjs': modelsWith(columns), 'sm2kit.config.cjs': config })
  return {
    run: (...args: readonly string[]): Promise<Printed> =>
      sm2kit(folder, args, { env: { DATABASE_URL: database.url } }),
    models: (next: string): void => writeFileSync(join(folder, 'models.cjs'), modelsWith(next)),
    files: (): readonly string[] => {
      const migrations = join(folder, 'migrations')
      return existsSync(migrations) ? readdirSync(migrations).sort() : []
    },
    read: (name: string): string => readFileSync(join(folder, 'migrations', name), 'utf8'),
    write: (name: string, text: string): void => writeFileSync(join(folder, name), text),
  }
}

const done = async (running: Promise<Printed>): Promise<Printed> => {
  const printed = await running
  expect(printed.exitCode, printed.stderr + printed.stdout).toBe(0)
  return printed
}

describeNewest(
  'revision --autogenerate',
  (engine) => {
    test('--rename keeps the rows, and what it cannot mean is refused', () =>
      withDatabase(engine, async (database) => {
        const host = await hostOn(database, 'text: DataTypes.STRING(40)')
        await done(host.run('revision', '--autogenerate', '-m', 'first'))
        await done(host.run('upgrade', 'head'))
        const sequelize = database.connect()
        await sequelize.query("INSERT INTO words (text) VALUES ('perro')")
        host.models('title: DataTypes.STRING(40)')
        const wrong = await host.run(
          'revision',
          '--autogenerate',
          '-m',
          'x',
          '--rename',
          'words.nothing=title',
        )
        expect(wrong).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('nothing') })
        expect(host.files()).toHaveLength(1)
        await done(host.run('revision', '--autogenerate', '-m', 'title', '--rename', 'words.text=title'))
        await done(host.run('upgrade', 'head'))
        expect(await rowsOf(sequelize, 'SELECT title FROM words')).toEqual([{ title: 'perro' }])
        await done(host.run('check'))
        await done(host.run('downgrade', '-1'))
        expect(await rowsOf(sequelize, 'SELECT text FROM words')).toEqual([{ text: 'perro' }])
      }))

    test('--sql prints what it would run, writes nothing and runs nothing', () =>
      withDatabase(engine, async (database) => {
        const host = await hostOn(database, 'text: DataTypes.STRING(40)')
        const { stdout } = await done(host.run('revision', '--autogenerate', '-m', 'first', '--sql'))
        expect(stdout).toMatch(/CREATE TABLE (?:IF NOT EXISTS )?[`"]?words[`"]?/u)
        expect(host.files()).toEqual([])
        expect(await tablesOf(database.connect())).not.toContain('words')
      }))

    test('runs the command of postWrite on the new file, and tells when that fails', () =>
      withDatabase(engine, async (database) => {
        const command = (name: string): string =>
          configWith(`postWrite: [${JSON.stringify(process.execPath)}, './${name}']`)
        const host = await hostOn(database, 'text: DataTypes.STRING(40)', command('format.cjs'))
        host.write('format.cjs', "require('node:fs').appendFileSync(process.argv.at(-1), '// formatted\\n')")
        await done(host.run('revision', '--autogenerate', '-m', 'first'))
        const [first = ''] = host.files()
        expect(host.read(first)).toMatch(/createTable\(\s*'words'[\s\S]*\/\/ formatted\n$/u)
        await done(host.run('upgrade', 'head'))
        host.models('text: DataTypes.STRING(40), stars: DataTypes.INTEGER')
        host.write('sm2kit.config.cjs', command('fail.cjs'))
        host.write('fail.cjs', "console.error('no such rule'); process.exit(3)")
        const failed = await host.run('revision', '--autogenerate', '-m', 'second')
        expect(failed.stderr).toMatch(/\(postWrite\) failed on the new file/u)
        const [, second = ''] = host.files()
        expect(host.read(second)).toContain("op.addColumn('words', 'stars'")
      }))

    if (engine.dialect !== 'sqlite')
      test('compares in the database of shadow.url, and leaves it empty', () =>
        withDatabase(engine, (database) =>
          withDatabase(engine, async (other) => {
            const shadow = `shadow: { url: ${JSON.stringify(other.url)} }`
            const host = await hostOn(database, "kind: DataTypes.ENUM('a', 'b')", configWith(shadow))
            expect((await host.run('check')).exitCode).toBe(1)
            await done(host.run('revision', '--autogenerate', '-m', 'first'))
            await done(host.run('upgrade', 'head'))
            await done(host.run('check'))
            expect(await tablesOf(other.connect())).toEqual([])
            host.write('sm2kit.config.cjs', configWith(`shadow: { url: 'sqlite::memory:' }`))
            host.models('text: DataTypes.STRING(40)')
            const refused = await host.run('check')
            expect(refused.exitCode).not.toBe(0)
            expect(refused.stderr + refused.stdout).not.toContain('at Object.')
          }),
        ))
  },
  ({ isShared }) => isShared,
)
