import { DataTypes, type ModelAttributes, type Sequelize } from 'sequelize'
import type { AutogenerateOptions } from 'sm2kit/migrator'
import type { Case } from '../case.js'

const define = (sequelize: Sequelize, isLater: boolean): void => {
  const comment = isLater ? 'later' : 'sooner'
  const Deck = sequelize.define('deck', { code: DataTypes.STRING(20) }, { timestamps: false, comment })
  const attributes: ModelAttributes = {
    id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
    part: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 1, unique: isLater ? 'parts' : false },
    typed: DataTypes.STRING(isLater ? 80 : 40),
    required: { type: DataTypes.STRING(40), allowNull: !isLater, defaultValue: '' },
    defaulted: { type: DataTypes.INTEGER, defaultValue: isLater ? 2 : 1 },
    kind: isLater ? DataTypes.ENUM('noun', 'verb', 'other') : DataTypes.ENUM('noun', 'verb'),
    // Where columns are put back at the end of their table, in the order in which they come back.
    deckId: DataTypes.INTEGER,
    ...(isLater ? { fresh: DataTypes.INTEGER } : { stale: DataTypes.INTEGER }),
    double: DataTypes.INTEGER,
  }
  const Word = sequelize.define('word', attributes, {
    timestamps: false,
    indexes: [
      { name: isLater ? 'by_typed_later' : 'by_typed', fields: ['typed'] },
      ...(isLater ? [{ name: 'by_default', fields: ['defaulted'] }] : [{ name: 'extra', fields: ['part'] }]),
    ],
    sm2kit: {
      checks: [{ name: 'words_part', expression: isLater ? 'part > 1' : 'part > 0' }],
      generated: { double: { expression: isLater ? 'defaulted * 2' : 'defaulted * 3', stored: true } },
    },
  } as object)
  Word.belongsTo(Deck, { foreignKey: 'deckId', onDelete: isLater ? 'CASCADE' : 'RESTRICT' })
  if (isLater) Word.belongsTo(Deck, { as: 'other', foreignKey: 'otherId' })
  sequelize.define(
    'pair',
    {
      one: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: false },
      two: { type: DataTypes.INTEGER, allowNull: false, primaryKey: isLater },
    },
    { timestamps: false },
  )
  sequelize.define(
    'counted',
    { id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: isLater } },
    { timestamps: false },
  )
  sequelize.define(isLater ? 'newcomer' : 'leaver', { text: DataTypes.STRING(20) }, { timestamps: false })
}

const without = (name: string, value: unknown = false): AutogenerateOptions => ({
  compare: { [name]: value },
})

export const change: Case = {
  title: 'of one drift of each kind, each switch takes its own away',
  before: (sequelize) => define(sequelize, false),
  after: (sequelize) => define(sequelize, true),
  isSynced: false,
  variants: (dialect) => ({
    ...Object.fromEntries(
      [
        ...[
          'tables',
          'columns',
          'types',
          'nullability',
          'defaults',
          'autoIncrement',
          'generated',
          'primaryKeys',
        ],
        ...['foreignKeys', 'foreignKeyActions', 'indexes', 'extraIndexes', 'checks', 'names'],
        ...(dialect === 'mysql' ? [] : ['uniques']),
        ...(dialect === 'sqlite' ? [] : ['comments', 'enums']),
      ].map((name) => [`without ${name}`, without(name)]),
    ),
    'extraTables kept': without('extraTables', 'keep'),
  }),
}
