import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { Sequelize } from 'sequelize'
import { expect, test } from 'vitest'
import { native, tablesOf } from '../support.js'
import { hostOf } from './host.js'

const { createMigrator } = await native()

const FILES = {
  '20260101000000_words.ts': `import { DataTypes } from 'sequelize'
import type { Migration } from 'sm2kit/migrator'

export const revision = 'aaaa01'
export const downRevision = null
export const branchLabels = ['words']
export const message = 'create words'

interface Column { readonly name: string }
const column: Column = { name: 'text' }

export const up: Migration = async ({ context: op }) => {
  await op.createTable('words', { [column.name]: { type: DataTypes.STRING(80) } })
}

export const down: Migration = async ({ context: op }) => {
  await op.dropTable('words')
}
`,
  '20260102000000_index.ts': `import type { Migration } from 'sm2kit/migrator'

export const revision = 'aaaa02'
export const downRevision = 'aaaa01'
export const message = 'index words'
export const transaction = false

export const up: Migration = async ({ context: op }) => {
  await op.addIndex('words', ['text'])
}

export const down: Migration = async ({ context: op }) => {
  await op.removeIndex('words', ['text'])
}
`,
}

test('TypeScript files become one TypeScript file, with their labels, without a transaction where one has none', async () => {
  const folder = hostOf(FILES)
  const sequelize = new Sequelize('sqlite::memory:', { logging: false })
  const migrator = createMigrator({ sequelize, baseline: false, migrations: folder })
  const { path } = await migrator.squash('words@base:head', { message: 'words', id: 'cccc01' })
  expect(readFileSync(path, 'utf8')).toBe(`import { DataTypes } from 'sequelize'
import type { Migration } from 'sm2kit/migrator'

export const revision = 'cccc01'
export const downRevision = null
export const branchLabels = ['words']
export const replaces = ['aaaa01', 'aaaa02']
export const message = 'words'
export const transaction = false

// aaaa01 (create words), 20260101000000_words.ts
const step1 = (() => {
  interface Column { readonly name: string }
  const column: Column = { name: 'text' }

  const up: Migration = async ({ context: op }) => {
    await op.createTable('words', { [column.name]: { type: DataTypes.STRING(80) } })
  }

  const down: Migration = async ({ context: op }) => {
    await op.dropTable('words')
  }
  return { up, down }
})()

// aaaa02 (index words), 20260102000000_index.ts
const step2 = (() => {
  const up: Migration = async ({ context: op }) => {
    await op.addIndex('words', ['text'])
  }

  const down: Migration = async ({ context: op }) => {
    await op.removeIndex('words', ['text'])
  }
  return { up, down }
})()

export const up: Migration = async (params) => {
  await step1.up(params)
  await step2.up(params)
}

export const down: Migration = async (params) => {
  await step2.down(params)
  await step1.down(params)
}
`)
  expect((await migrator.upgrade('words@head')).steps.map(({ name }) => name)).toEqual([
    basename(path, '.ts'),
  ])
  expect(await tablesOf(sequelize)).toContain('words')
  await migrator.downgrade('base')
  expect(await tablesOf(sequelize)).not.toContain('words')
  await sequelize.close()
})
