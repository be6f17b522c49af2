import { DataTypes } from 'sequelize'
import type { Migration } from 'sm2kit/migrator'

export const revision = '51b0c3d9a7e4'
export const downRevision = null
export const dependsOn = ['f3e3ac684f8e']

export const up: Migration = async ({ context: op }) => {
  await op.createTable('words', { id: { type: DataTypes.INTEGER, primaryKey: true } })
}
export const down: Migration = async ({ context: op }) => {
  await op.dropTable('words')
}
