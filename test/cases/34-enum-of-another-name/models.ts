import { DataTypes, type Sequelize } from 'sequelize'
import type { Case } from '../case.js'

const define = (sequelize: Sequelize, isLater: boolean): void => {
  sequelize.define(
    'word',
    {
      mood: { type: DataTypes.ENUM('good', 'bad'), allowNull: false, defaultValue: 'good' },
      other: DataTypes.ENUM('good', 'bad'),
      growing: isLater ? DataTypes.ENUM('low', 'high', 'higher') : DataTypes.ENUM('low', 'high'),
      moods: DataTypes.ARRAY(DataTypes.ENUM('good', 'bad')),
    },
    { timestamps: false },
  )
}

export const change: Case = {
  title:
    'an enum type of another name and the same values is no difference, but for arrays; with other values it is',
  engines: ['postgres'],
  before: (sequelize) => define(sequelize, false),
  after: (sequelize) => define(sequelize, true),
  setup: () => [
    "CREATE TYPE mood AS ENUM ('good', 'bad')",
    'ALTER TABLE words ALTER COLUMN mood DROP DEFAULT',
    'ALTER TABLE words ALTER COLUMN mood TYPE mood USING mood::text::mood',
    "ALTER TABLE words ALTER COLUMN mood SET DEFAULT 'good'",
    'ALTER TABLE words ALTER COLUMN other TYPE mood USING other::text::mood',
    'DROP TYPE enum_words_mood, enum_words_other',
    'ALTER TYPE enum_words_growing RENAME TO "How Far"',
    'ALTER TYPE enum_words_moods RENAME TO all_moods',
  ],
}
