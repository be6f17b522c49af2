import { DataTypes, literal, Op, type Sequelize } from 'sequelize'

/** Models as an application has them: twenty, with what most of them use. */
export const defineOrdinary = (sequelize: Sequelize): void => {
  const required = { allowNull: false } as const
  const user = sequelize.define('User', {
    id: { type: DataTypes.UUID, primaryKey: true, defaultValue: DataTypes.UUIDV4 },
    email: { type: DataTypes.STRING, ...required, unique: true },
    name: { type: DataTypes.STRING(120), ...required, defaultValue: '' },
    isAdmin: { type: DataTypes.BOOLEAN, ...required, defaultValue: false },
    role: { type: DataTypes.ENUM('learner', 'teacher'), ...required, defaultValue: 'learner' },
    settings: DataTypes.JSON,
    bornOn: DataTypes.DATEONLY,
    seenAt: { type: DataTypes.DATE, defaultValue: literal('CURRENT_TIMESTAMP') },
  })
  const deck = sequelize.define(
    'Deck',
    {
      title: { type: DataTypes.STRING(200), ...required },
      description: DataTypes.TEXT,
      position: { type: DataTypes.INTEGER, defaultValue: 0 },
      price: { type: DataTypes.DECIMAL(10, 2), defaultValue: 0 },
      ratio: { type: DataTypes.DOUBLE, defaultValue: 0 },
    },
    {
      underscored: true,
      paranoid: true,
      indexes: [{ fields: ['user_id', 'position'] }, { fields: ['title'] }],
    },
  )
  deck.belongsTo(user, { foreignKey: { name: 'userId', allowNull: false }, onDelete: 'CASCADE' })
  user.hasMany(deck, { foreignKey: 'userId' })
  const tag = sequelize.define('Tag', { label: { type: DataTypes.STRING(40), unique: 'label_in_language' } })
  deck.belongsToMany(tag, { through: 'deck_tags' })
  tag.belongsToMany(deck, { through: 'deck_tags' })
  const partial = sequelize.getDialect() === 'mysql' ? {} : { where: { deletedAt: null } }
  const open = sequelize.getDialect() === 'mysql' ? {} : { where: { rank: { [Op.ne]: null } } }
  for (const name of Array.from({ length: 17 }, (_, place) => `Thing${place}`)) {
    const thing = sequelize.define(
      name,
      {
        id: { type: DataTypes.BIGINT, primaryKey: true, autoIncrement: true },
        code: { type: DataTypes.CHAR(6), ...required },
        count: { type: DataTypes.SMALLINT, ...required, defaultValue: 1 },
        rank: DataTypes.FLOAT,
        state: { type: DataTypes.STRING(20), ...required, defaultValue: 'new' },
        data: DataTypes.BLOB,
        token: DataTypes.UUID,
        startsAt: DataTypes.TIME,
      },
      {
        paranoid: true,
        indexes: [
          { fields: ['state'], ...partial },
          { fields: ['code', 'state'], unique: true },
          { name: `${name}_by_rank`, fields: [{ name: 'rank', order: 'DESC' }], ...open },
        ],
      },
    )
    thing.belongsTo(deck, { onDelete: 'SET NULL' })
    thing.belongsTo(thing, { as: 'parent' })
    thing.belongsTo(user, { as: 'owner', onDelete: 'RESTRICT' })
  }
}
