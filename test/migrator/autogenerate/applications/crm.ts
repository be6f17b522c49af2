import { type DataType, DataTypes, type ModelAttributes, type Sequelize } from 'sequelize'

const PREFIX = 'crm_a_rather_long_prefix_of_all_of_the_tables_'

/** A CRM, in a schema of its own or not: an organisation over everything, long names, composite keys, many enums and indexes; 34 tables. */
export const defineCrm = (sequelize: Sequelize, schema?: string): void => {
  const dialect = sequelize.getDialect()
  const json: DataType = dialect === 'postgres' ? DataTypes.JSONB : DataTypes.JSON
  const model = (what: string, attributes: ModelAttributes, options: object = {}) =>
    sequelize.define(what, attributes, {
      underscored: true,
      freezeTableName: true,
      ...(schema === undefined ? {} : { schema }),
      ...options,
    })
  const id = { id: { type: DataTypes.UUID, primaryKey: true, defaultValue: DataTypes.UUIDV4, field: 'uid' } }
  const Organisation = model('organisation', {
    ...id,
    name: { type: DataTypes.STRING(100), allowNull: false },
    plan: { type: DataTypes.ENUM('free', 'paid'), defaultValue: 'free', allowNull: false },
  })
  const User = model(
    'user',
    {
      ...id,
      login: { type: DataTypes.STRING(80), unique: 'login_in_organisation' },
      organisationId: {
        type: DataTypes.UUID,
        allowNull: false,
        unique: 'login_in_organisation',
        field: 'org',
      },
    },
    { paranoid: true, deletedAt: 'gone' },
  )
  User.belongsTo(Organisation, { foreignKey: 'organisationId', onDelete: 'CASCADE' })
  Organisation.belongsTo(User, { as: 'owner', constraints: false })
  User.belongsTo(User, { as: 'manager' })
  const owned = (what: string, attributes: ModelAttributes, options: object = {}) => {
    const Owned = model(what, { ...id, ...attributes }, { ...options })
    Owned.belongsTo(Organisation, {
      foreignKey: { name: 'organisationId', field: 'org', allowNull: false },
      onDelete: 'CASCADE',
    })
    Owned.belongsTo(User, { as: 'assignee', onDelete: 'SET NULL' })
    return Owned
  }
  const Company = owned('company', {
    name: { type: DataTypes.STRING(160), allowNull: false },
    size: { type: DataTypes.ENUM('1', '2-10', '11-50', '> 50') },
    revenue: DataTypes.DECIMAL(18, 4),
    custom: json,
  })
  const Contact = owned(
    'contact',
    {
      first: DataTypes.STRING(60),
      last: DataTypes.STRING(60),
      mail: DataTypes.STRING(120),
      birthday: DataTypes.DATEONLY,
      score: { type: DataTypes.REAL, defaultValue: 0 },
      optIn: { type: DataTypes.BOOLEAN, defaultValue: false, allowNull: false },
    },
    { indexes: [{ fields: ['org', 'last', 'first'] }, { fields: ['org', 'mail'], unique: true }] },
  )
  Contact.belongsTo(Company, { onDelete: 'SET NULL' })
  Company.belongsTo(Contact, { as: 'mainContact', constraints: false })
  const Pipeline = owned('pipeline', { name: DataTypes.STRING(60) })
  const Stage = owned('stage', {
    name: DataTypes.STRING(60),
    position: { type: DataTypes.INTEGER, allowNull: false },
    probability: DataTypes.DECIMAL(4, 3),
  })
  Stage.belongsTo(Pipeline, { foreignKey: { allowNull: false }, onDelete: 'CASCADE' })
  const Deal = owned(
    'deal',
    {
      title: DataTypes.STRING(160),
      amount: { type: DataTypes.DECIMAL(14, 2), defaultValue: 0 },
      state: { type: DataTypes.ENUM('open', 'won', 'lost'), defaultValue: 'open', allowNull: false },
      closesOn: DataTypes.DATEONLY,
      ...(dialect === 'postgres'
        ? { period: DataTypes.RANGE(DataTypes.DATE), labels: DataTypes.ARRAY(DataTypes.TEXT) }
        : {}),
    },
    {
      indexes: [
        { fields: ['state', 'closes_on'] },
        ...(dialect === 'mysql'
          ? []
          : [{ name: 'open_deals', fields: ['closes_on'], where: { state: 'open' } }]),
      ],
    },
  )
  Deal.belongsTo(Stage)
  Deal.belongsTo(Company)
  const DealContact = model('deal_contact', { role: { type: DataTypes.ENUM('decides', 'advises', 'pays') } })
  Deal.belongsToMany(Contact, { through: DealContact })
  Contact.belongsToMany(Deal, { through: DealContact })
  const Product = owned('product', {
    code: { type: DataTypes.STRING(30), unique: true },
    price: DataTypes.DECIMAL(10, 2),
    unit: { type: DataTypes.STRING(10), defaultValue: '1"' },
  })
  const DealProduct = model(
    'deal_product',
    { quantity: { type: DataTypes.DECIMAL(10, 3), defaultValue: 1 }, discount: DataTypes.FLOAT },
    { createdAt: false },
  )
  Deal.belongsToMany(Product, { through: DealProduct })
  Product.belongsToMany(Deal, { through: DealProduct })
  // Names that no engine takes whole: constraints, indexes and enum types of them.
  for (const what of ['activities', 'calls', 'meetings', 'mails']) {
    const Activity = owned(
      PREFIX.slice(0, 38) + what,
      {
        subject: { type: DataTypes.STRING(200), comment: `the "subject" of people's ${what}` },
        direction_of_this_activity: DataTypes.ENUM('in', 'out'),
        startsAt: { type: DataTypes.DATE, allowNull: false },
        endsAt: DataTypes.DATE,
        durationMinutes: { type: DataTypes.INTEGER, defaultValue: 30 },
      },
      {
        indexes: [
          {
            name: `i_${what}`,
            fields: ['starts_at', 'ends_at', 'duration_minutes', 'direction_of_this_activity'],
          },
        ],
      },
    )
    Activity.belongsTo(Contact, { onDelete: 'CASCADE' })
    Activity.belongsTo(Deal, { constraints: false })
  }
  const Field = owned('custom_field', {
    entity: { type: DataTypes.ENUM('company', 'contact', 'deal'), allowNull: false },
    name: DataTypes.STRING(60),
    type: { type: DataTypes.ENUM('text', 'number', 'date'), defaultValue: 'text' },
  })
  const Value = model(
    'custom_value',
    {
      entityId: { type: DataTypes.UUID, primaryKey: true },
      text: DataTypes.TEXT,
      number: DataTypes.DOUBLE,
      date: DataTypes.DATE,
    },
    { timestamps: false },
  )
  Value.belongsTo(Field, {
    foreignKey: { name: 'fieldId', ...{ primaryKey: true } } as object,
    onDelete: 'CASCADE',
  })
  const Team = owned('team', { name: DataTypes.STRING(60) })
  User.belongsToMany(Team, { through: 'team_member', timestamps: false })
  Team.belongsToMany(User, { through: 'team_member', timestamps: false })
  const Campaign = owned('campaign', {
    name: DataTypes.STRING(80),
    budget: DataTypes.DECIMAL(12, 2),
    sends: { type: DataTypes.TIME },
  })
  Campaign.belongsToMany(Contact, {
    through: {
      model: model('recipient', {
        sentAt: DataTypes.DATE,
        opened: { type: DataTypes.INTEGER, defaultValue: 0 },
      }),
      unique: true,
    },
  })
  Contact.belongsToMany(Campaign, { through: 'recipient' })
  const Quote = owned(
    'quote',
    { number: { type: DataTypes.INTEGER, allowNull: false }, validUntil: DataTypes.DATEONLY },
    { indexes: [{ unique: true, fields: ['org', 'number'], name: 'quote_number' }] },
  )
  Quote.belongsTo(Deal, { foreignKey: { allowNull: false }, onDelete: 'RESTRICT', onUpdate: 'CASCADE' })
  const Invoice = owned('invoice', {
    number: { type: DataTypes.BIGINT, unique: true },
    total: DataTypes.DECIMAL(14, 2),
    paid: { type: DataTypes.BOOLEAN, defaultValue: false },
  })
  Invoice.belongsTo(Quote)
  Invoice.belongsTo(Invoice, { as: 'corrects' })
  for (const what of ['note', 'task', 'file', 'webhook', 'api_token', 'import_job', 'saved_view', 'audit'])
    owned(what, {
      body: DataTypes.TEXT,
      meta: json,
      done: { type: DataTypes.BOOLEAN, allowNull: false, defaultValue: false },
      rank: { type: DataTypes.SMALLINT, defaultValue: -3 },
    }).belongsTo(Company, { onDelete: 'CASCADE' })
}
