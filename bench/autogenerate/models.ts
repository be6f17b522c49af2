import { DataTypes, type Sequelize } from 'sequelize'

/**
 * Defines so many models: 10 columns, 2 indexes and a key to another table each. Where `isChanged`, one table of twenty is not as
 * it was: a column more, a longer text, or an index less, in turns.
 *
 * @returns How many differ.
 */
export const defineModels = (sequelize: Sequelize, count: number, isChanged: boolean): number => {
  let changed = 0
  for (let index = 0; index < count; index += 1) {
    const table = nameOf(index)
    const change = isChanged && index % 20 === 7 ? changed % 3 : undefined
    if (change !== undefined) changed += 1
    sequelize.define(
      table,
      {
        id: { type: DataTypes.INTEGER, primaryKey: true },
        name: { type: DataTypes.STRING(change === 1 ? 120 : 80), allowNull: false },
        title: DataTypes.STRING(200),
        count: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 0 },
        price: DataTypes.DECIMAL(10, 2),
        is_open: { type: DataTypes.BOOLEAN, allowNull: false, defaultValue: false },
        body: DataTypes.TEXT,
        due: DataTypes.DATEONLY,
        ratio: DataTypes.FLOAT,
        parent_id: {
          type: DataTypes.INTEGER,
          references: { model: nameOf(Math.floor(index / 10)), key: 'id' },
        },
        ...(change === 0 ? { note: DataTypes.STRING(40) } : {}),
      },
      {
        tableName: table,
        timestamps: false,
        indexes: [
          { name: `${table}_name`, fields: ['name'] },
          ...(change === 2 ? [] : [{ name: `${table}_parent_due`, fields: ['parent_id', 'due'] }]),
        ],
      },
    )
  }
  return changed
}

const nameOf = (index: number): string => `t_${String(index).padStart(4, '0')}`
