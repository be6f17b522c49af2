import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeNewest, withDatabase } from '../support/engines/index.js'
import { project, sm2kit, withoutTimes } from './support/sm2kit.js'

const models = (columns: string): string => `const { DataTypes, Sequelize } = require('sequelize')
const sequelize = new Sequelize(process.env.DATABASE_URL, { logging: false })
sequelize.define('MyModel', { name: { type: DataTypes.STRING(50), allowNull: false }, ${columns} }, { tableName: 'my_models', timestamps: false })
module.exports = { sequelize }
`
const files = {
  'models.cjs': models(''),
  'sm2kit.config.cjs': `module.exports = { sequelize: () => require('./models.cjs').sequelize, migrations: './migrations' }`,
}

describeNewest(
  'the example of the user: a new field',
  (engine) => {
    test('is generated, reviewed, applied and taken back', () =>
      withDatabase(engine, async (database) => {
        const folder = await project(files)
        const typed = async (...args: readonly string[]): Promise<string> => {
          const { exitCode, stdout, stderr } = await sm2kit(folder, args, {
            env: { DATABASE_URL: database.url },
          })
          const text = withoutTimes(
            `$ sm2kit ${args.join(' ')}\n${stdout}${stderr.replace(/^(?=.)/gmu, '! ')}`,
          )
          return `${text}${exitCode === 0 ? '' : `exit code ${exitCode}\n`}`
            .replaceAll(/\b\d{14}_/gu, '<timestamp>_')
            .replaceAll(/\b(?!f3e3ac684f8e)[0-9a-f]{12}\b/gu, '<id>')
        }
        const printed = [
          await typed('check'),
          await typed('revision', '--autogenerate', '-m', 'first'),
          await typed('upgrade', 'head'),
          await typed('check'),
        ]
        writeFileSync(
          join(folder, 'models.cjs'),
          models('new_field: { type: DataTypes.STRING(100), allowNull: true }'),
        )
        printed.push(
          await typed('check'),
          await typed('revision', '--autogenerate', '-m', 'add_new_field_to_my_model'),
          await typed('current'),
          await typed('check'),
          await typed('revision', '--autogenerate', '-m', 'too early'),
          await typed('upgrade', 'head'),
          await typed('check'),
          await typed('revision', '--autogenerate', '--dry-run', '-m', 'nothing'),
          await typed('downgrade', '-1'),
          await typed('downgrade', 'base'),
        )
        await expect(printed.join('')).toMatchFileSnapshot(`./snapshots/new-field.${engine.dialect}.txt`)
        const [, name = ''] = readdirSync(join(folder, 'migrations')).sort()
        expect(readFileSync(join(folder, 'migrations', name), 'utf8')).toMatch(
          /await op\.addColumn\('my_models', 'new_field', \{ type: DataTypes\.STRING\(100\)[^\n]*\n\}[\s\S]*await op\.removeColumn\('my_models', 'new_field'\)/u,
        )
      }))
  },
  (engine) => engine.isShared,
)
