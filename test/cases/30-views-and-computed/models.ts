import { DataTypes, type Sequelize } from 'sequelize'
import type { Case } from '../case.js'

const define = (sequelize: Sequelize, isLater: boolean): void => {
  sequelize.define(
    'word',
    {
      text: DataTypes.STRING(40),
      stars: DataTypes.INTEGER,
      // To the database a computed one; the model says nothing of that.
      double: DataTypes.INTEGER,
      shout: new DataTypes.VIRTUAL(DataTypes.STRING),
      ...(isLater ? { note: DataTypes.STRING(40), whisper: DataTypes.VIRTUAL } : {}),
    },
    { timestamps: false },
  )
  sequelize.define('starred', { text: DataTypes.STRING(40) }, {
    timestamps: false,
    tableName: 'starred',
    sm2kit: { ignore: true },
  } as object)
}

export const change: Case = {
  title: 'a model on a view, virtual attributes, and a computed column that the model has as a plain one',
  before: (sequelize) => define(sequelize, false),
  after: (sequelize) => define(sequelize, true),
  // sync() would make a table of the view.
  isSynced: false,
  setup: (dialect) => [
    ...(dialect === 'sqlite'
      ? [
          'DROP TABLE words',
          'CREATE TABLE words (id INTEGER PRIMARY KEY AUTOINCREMENT, text VARCHAR(40), stars INTEGER, double INTEGER AS (stars * 2) STORED)',
        ]
      : [
          `ALTER TABLE words DROP COLUMN ${dialect === 'mysql' ? '`double`' : '"double"'}`,
          `ALTER TABLE words ADD COLUMN ${dialect === 'mysql' ? '`double`' : '"double"'} INTEGER GENERATED ALWAYS AS (stars * 2) STORED`,
        ]),
    'CREATE VIEW starred AS SELECT id, text FROM words WHERE stars > 0',
  ],
}
