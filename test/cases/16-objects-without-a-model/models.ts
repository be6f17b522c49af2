import { DataTypes, type Sequelize } from 'sequelize'
import type { Case } from '../case.js'

const define = (sequelize: Sequelize, isLater: boolean): void => {
  sequelize.define(
    'word',
    {
      text: DataTypes.STRING(40),
      stars: DataTypes.INTEGER,
      ...(isLater ? { note: DataTypes.STRING(40) } : {}),
    },
    { timestamps: false },
  )
}

export const change: Case = {
  options: { compare: { extraTables: 'keep' } },
  title: 'tables, views, triggers and checks that no model says are left alone',
  before: (sequelize) => define(sequelize, false),
  after: (sequelize) => define(sequelize, true),
  setup: (dialect) => {
    const common = [
      'CREATE TABLE other (id INTEGER PRIMARY KEY, name VARCHAR(20))',
      'CREATE VIEW starred AS SELECT id FROM words WHERE stars > 0',
    ]
    switch (dialect) {
      case 'sqlite':
        return [
          ...common,
          'CREATE TRIGGER touch AFTER INSERT ON words BEGIN UPDATE words SET stars = 1 WHERE id = new.id; END',
        ]
      case 'postgres':
        return [
          ...common,
          "CREATE TYPE mood AS ENUM ('good', 'bad')",
          'ALTER TABLE words ADD CONSTRAINT stars_in_range CHECK (stars BETWEEN 0 AND 5)',
          'CREATE SEQUENCE lonely',
        ]
      case 'mysql':
        return [...common, 'ALTER TABLE words ADD CONSTRAINT stars_in_range CHECK (stars BETWEEN 0 AND 5)']
    }
  },
}
