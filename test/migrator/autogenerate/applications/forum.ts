import {
  type DataType,
  DataTypes,
  literal,
  Model,
  type ModelAttributes,
  type ModelStatic,
  type Sequelize,
} from 'sequelize'

/** A forum, by classes and camelCase columns: circles of keys, polymorphic tables, names that need quotes; 35 tables. */
export const defineForum = (sequelize: Sequelize): void => {
  const dialect = sequelize.getDialect()
  const json: DataType = dialect === 'postgres' ? DataTypes.JSONB : DataTypes.JSON
  const model = (what: string, attributes: ModelAttributes, options: object = {}): ModelStatic<Model> => {
    class Named extends Model {}
    return Named.init(attributes, { sequelize, modelName: what, ...options })
  }
  const text = { type: DataTypes.TEXT, allowNull: false }

  const User = model(
    'User',
    {
      id: { type: DataTypes.BIGINT, primaryKey: true, autoIncrement: true },
      nick: { type: DataTypes.STRING(40), allowNull: false, unique: true },
      'e-mail': { type: DataTypes.STRING(120), unique: true },
      role: {
        type: DataTypes.ENUM('guest', 'member', 'moderator', 'it\'s "root"'),
        defaultValue: 'guest',
        allowNull: false,
      },
      karma: { type: DataTypes.INTEGER, defaultValue: -1 },
      about: { type: DataTypes.STRING(500), defaultValue: `it's "me"; -- \\ ?` },
      signature: DataTypes.TEXT('medium'),
      settings: json,
      lastIp: dialect === 'postgres' ? DataTypes.INET : DataTypes.STRING(45),
      online: DataTypes.VIRTUAL,
    },
    { paranoid: true, indexes: [{ fields: ['role', 'karma'] }] },
  )
  const Group = model(
    'Group',
    { name: { type: DataTypes.STRING(60), unique: true }, order: DataTypes.INTEGER },
    { tableName: 'group' },
  )
  const Membership = model('Membership', {
    since: { type: DataTypes.DATEONLY, defaultValue: DataTypes.NOW },
    level: { type: DataTypes.ENUM('one', 'two'), defaultValue: 'one' },
  })
  User.belongsToMany(Group, { through: Membership, foreignKey: 'userId', otherKey: 'groupId' })
  Group.belongsToMany(User, { through: Membership, foreignKey: 'groupId', otherKey: 'userId' })
  Group.belongsTo(User, { as: 'leader', constraints: false })
  User.belongsToMany(User, { as: 'friends', through: 'Friendships', foreignKey: 'one', otherKey: 'other' })
  User.belongsToMany(User, {
    as: 'blocked',
    through: 'Blocks',
    foreignKey: 'userId',
    otherKey: 'blockedId',
    timestamps: false,
  })
  User.belongsTo(User, { as: 'invitedBy', onDelete: 'SET NULL' })

  const Board = model('Board', {
    title: { type: DataTypes.STRING(80), allowNull: false },
    slug: { type: DataTypes.STRING(80), unique: true },
    'sort order': DataTypes.SMALLINT,
  })
  Board.belongsTo(Board, { as: 'parent', foreignKey: 'parentBoard', onDelete: 'CASCADE' })
  const Thread = model(
    'Thread',
    {
      title: { type: DataTypes.STRING(200), allowNull: false },
      isSticky: { type: DataTypes.BOOLEAN, allowNull: false, defaultValue: false },
      views: { type: DataTypes.BIGINT, defaultValue: '0' },
      heat: { type: DataTypes.DOUBLE, defaultValue: 0.5 },
    },
    {
      indexes: [
        {
          name: 'threads of a board',
          fields: ['boardId', { name: 'isSticky', order: 'DESC' as const }, 'updatedAt'],
        },
      ],
    },
  )
  const Post = model(
    'Post',
    { body: text, editedAt: DataTypes.DATE, revision: { type: DataTypes.INTEGER, defaultValue: 1 } },
    { version: true },
  )
  Thread.belongsTo(Board, { foreignKey: { name: 'boardId', allowNull: false }, onDelete: 'CASCADE' })
  Thread.belongsTo(User, { as: 'author' })
  Post.belongsTo(Thread, { foreignKey: { name: 'threadId', allowNull: false }, onDelete: 'CASCADE' })
  Post.belongsTo(User, { as: 'author' })
  Post.belongsTo(Post, { as: 'replyTo', onDelete: 'SET NULL' })
  // A circle of three: a board has a last post.
  Thread.belongsTo(Post, { as: 'firstPost', onDelete: 'SET NULL' })
  Board.belongsTo(Post, { as: 'lastPost', onDelete: 'SET NULL' })
  const PostRevision = model('PostRevision', {
    number: { type: DataTypes.INTEGER, primaryKey: true },
    body: text,
  })
  PostRevision.belongsTo(Post, {
    foreignKey: { name: 'postId', ...{ primaryKey: true } } as object,
    onDelete: 'CASCADE',
  })

  const Tag = model(
    'Tag',
    {
      id: { type: DataTypes.STRING(40), primaryKey: true },
      colour: { type: DataTypes.CHAR(7), defaultValue: '#ff00aa' },
    },
    { timestamps: false },
  )
  const Tagging = model(
    'Tagging',
    {
      taggableId: { type: DataTypes.INTEGER, unique: 'once' },
      taggableType: { type: DataTypes.STRING(20), unique: 'once' },
    },
    { timestamps: false },
  )
  Tagging.belongsTo(Tag, { foreignKey: { name: 'tagId', allowNull: false } })
  Thread.belongsToMany(Tag, {
    through: { model: Tagging, unique: false },
    foreignKey: 'taggableId',
    otherKey: 'tagId',
    constraints: false,
  })
  Post.belongsToMany(Tag, {
    through: { model: Tagging, unique: false },
    foreignKey: 'taggableId',
    otherKey: 'tagId',
    constraints: false,
  })
  const Like = model(
    'Like',
    { kind: { type: DataTypes.ENUM('up', 'down'), allowNull: false } },
    { indexes: [{ unique: true, fields: ['userId', 'postId'] }], updatedAt: false },
  )
  Like.belongsTo(User, { foreignKey: 'userId', onDelete: 'CASCADE' })
  Like.belongsTo(Post, { foreignKey: 'postId', onDelete: 'CASCADE' })
  const Attachment = model('Attachment', {
    id: { type: DataTypes.UUID, primaryKey: true, defaultValue: DataTypes.UUIDV4 },
    size: { type: DataTypes.BIGINT, allowNull: false },
    content: DataTypes.BLOB,
    mime: { type: DataTypes.STRING(100), defaultValue: 'application/octet-stream' },
  })
  Attachment.belongsTo(Post)
  const Poll = model('Poll', { question: text, closesAt: DataTypes.DATE })
  Poll.belongsTo(Thread, { foreignKey: { name: 'threadId', ...{ unique: true } } as object })
  const PollOption = model('PollOption', { label: DataTypes.STRING(80) })
  PollOption.belongsTo(Poll, { onDelete: 'CASCADE' })
  User.belongsToMany(PollOption, { through: 'Votes' })
  PollOption.belongsToMany(User, { through: 'Votes' })
  const Conversation = model('Conversation', { subject: DataTypes.STRING })
  User.belongsToMany(Conversation, { through: 'Participants' })
  Conversation.belongsToMany(User, { through: 'Participants' })
  const Message = model(
    'Message',
    {
      body: text,
      readAt: DataTypes.DATE,
      sentAt: { type: DataTypes.DATE, allowNull: false, defaultValue: literal('CURRENT_TIMESTAMP') },
    },
    { timestamps: false },
  )
  Message.belongsTo(Conversation, { onDelete: 'CASCADE' })
  Message.belongsTo(User, { as: 'sender', foreignKey: 'from' })
  const Ban = model('Ban', { reason: DataTypes.STRING, until: DataTypes.DATE })
  Ban.belongsTo(User, { onDelete: 'CASCADE' })
  Ban.belongsTo(User, { as: 'by' })
  const Report = model('Report', { state: { type: DataTypes.ENUM('open', 'closed'), defaultValue: 'open' } })
  Report.belongsTo(Post, { onDelete: 'NO ACTION' })
  Report.belongsTo(User, { as: 'reporter' })
  const Badge = model('Badge', { name: { type: DataTypes.STRING(30), unique: true }, icon: DataTypes.STRING })
  User.belongsToMany(Badge, { through: 'UserBadges', uniqueKey: 'one_badge_each' })
  Badge.belongsToMany(User, { through: 'UserBadges', uniqueKey: 'one_badge_each' })
  const Session = model(
    'Session',
    { sid: { type: DataTypes.STRING(36), primaryKey: true }, data: DataTypes.TEXT, expires: DataTypes.DATE },
    { createdAt: 'created at', updatedAt: 'updated at' },
  )
  Session.belongsTo(User)
  for (const what of ['Notification', 'Subscription', 'Draft', 'Bookmark', 'IpAddress', 'WordFilter']) {
    const Kind = model(
      what,
      { payload: json, count: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 0 } },
      { indexes: [{ fields: ['createdAt'] }] },
    )
    Kind.belongsTo(User, { foreignKey: { allowNull: false }, onDelete: 'CASCADE' })
  }
}
