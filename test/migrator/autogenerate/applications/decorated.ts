import 'reflect-metadata'
import { literal } from 'sequelize'
import {
  AllowNull,
  AutoIncrement,
  BelongsTo,
  BelongsToMany,
  Column,
  Comment,
  CreatedAt,
  createIndexDecorator,
  DataType,
  Default,
  DeletedAt,
  ForeignKey,
  HasMany,
  HasOne,
  Index,
  Model,
  type ModelCtor,
  PrimaryKey,
  Table,
  type TableOptions,
  Unique,
  UpdatedAt,
} from 'sequelize-typescript'

/** `Function`, as the package declares what its decorators are. */
type Decorator = ReturnType<typeof HasMany>

/** What the compiler makes of decorators: the nearest first, those of the class last. */
const decorate = (
  model: ModelCtor,
  options: TableOptions & { readonly sm2kit?: object },
  properties: Readonly<Record<string, readonly Decorator[]>>,
): void => {
  for (const [name, decorators] of Object.entries(properties))
    for (const decorator of decorators.toReversed()) decorator(model.prototype, name)
  Table(options)(model)
}

/** A library's models, declared by decorators: classes of their own at each call, since a class belongs to one instance. */
export const decoratedModels = (dialect: string): ModelCtor[] => {
  class Author extends Model {}
  class Profile extends Model {}
  class Book extends Model {}
  class Tag extends Model {}
  class BookTag extends Model {}
  class Loan extends Model {}
  class Shelf extends Model {}

  decorate(
    Author,
    { underscored: true, comment: 'who writes' },
    {
      id: [PrimaryKey, AutoIncrement, Column(DataType.BIGINT)],
      fullName: [AllowNull(false), Comment('as on the cover'), Column(DataType.STRING(80))],
      email: [Unique, Column(DataType.STRING(120))],
      bornOn: [Column({ type: DataType.DATEONLY, field: 'birthday' })],
      country: [Index, Column(DataType.CHAR(2))],
      label: [
        Column({
          type: DataType.VIRTUAL,
          get(this: Author): string {
            return String(this.get('fullName')).toUpperCase()
          },
        }),
      ],
      registeredAt: [CreatedAt, Column(DataType.DATE)],
      changedAt: [UpdatedAt, Column(DataType.DATE)],
      removedAt: [DeletedAt, Column(DataType.DATE)],
      books: [HasMany(() => Book)],
      profile: [HasOne(() => Profile, { onDelete: 'CASCADE' })],
    },
  )
  decorate(
    Profile,
    { tableName: 'author_profiles', timestamps: false },
    {
      authorId: [PrimaryKey, ForeignKey(() => Author), Column({ type: DataType.BIGINT, field: 'author_id' })],
      about: [Default(`it's "me"; -- \\`), Column(DataType.STRING(500))],
      settings: [Column(dialect === 'postgres' ? DataType.JSONB : DataType.JSON)],
      author: [BelongsTo(() => Author, { onDelete: 'CASCADE' })],
    },
  )
  const TitleOnShelf = createIndexDecorator({ name: 'books_title_shelf', unique: true })
  decorate(
    Book,
    {
      paranoid: true,
      underscored: true,
      indexes: [{ fields: [{ name: 'pages', order: 'DESC' }] }, { fields: ['state', 'author_id'] }],
    },
    {
      title: [AllowNull(false), TitleOnShelf, Column(DataType.STRING(200))],
      shelfCode: [TitleOnShelf({ order: 'DESC' }), ForeignKey(() => Shelf), Column(DataType.STRING(12))],
      state: [
        AllowNull(false),
        Default('draft'),
        Column(DataType.ENUM('draft', "author's copy", 'out of "print"')),
      ],
      pages: [Default(0), Column(DataType.INTEGER)],
      price: [Column(DataType.DECIMAL(8, 2))],
      isbn: [Unique('edition'), Column(DataType.STRING(20))],
      edition: [Unique('edition'), Column(DataType.INTEGER)],
      printedAt: [Default(literal('CURRENT_TIMESTAMP')), Column(DataType.DATE)],
      authorId: [ForeignKey(() => Author), Column(DataType.BIGINT)],
      author: [BelongsTo(() => Author, { onDelete: 'SET NULL' })],
      shelf: [BelongsTo(() => Shelf)],
      tags: [
        BelongsToMany(
          () => Tag,
          () => BookTag,
        ),
      ],
      loans: [HasMany(() => Loan)],
    },
  )
  decorate(
    Tag,
    { timestamps: false },
    {
      word: [Unique({ name: 'one_tag_a_word', msg: 'taken' }), Column(DataType.STRING(40))],
      books: [
        BelongsToMany(
          () => Book,
          () => BookTag,
        ),
      ],
      parentId: [ForeignKey(() => Tag), Column(DataType.INTEGER)],
      parent: [BelongsTo(() => Tag, 'parentId')],
    },
  )
  decorate(
    BookTag,
    { tableName: 'book_tags', createdAt: false },
    {
      bookId: [ForeignKey(() => Book), Column(DataType.INTEGER)],
      tagId: [ForeignKey(() => Tag), Column(DataType.INTEGER)],
      weight: [Default(1.5), Column(DataType.DOUBLE)],
    },
  )
  decorate(
    Loan,
    { freezeTableName: true, updatedAt: 'returned_at' },
    {
      id: [PrimaryKey, Default(DataType.UUIDV4), Column(DataType.UUID)],
      bookId: [AllowNull(false), ForeignKey(() => Book), Column(DataType.INTEGER)],
      book: [
        BelongsTo(() => Book, { foreignKey: { name: 'bookId', allowNull: false }, onDelete: 'CASCADE' }),
      ],
      isLate: [AllowNull(false), Default(false), Column(DataType.BOOLEAN)],
    },
  )
  decorate(
    Shelf,
    { timestamps: false, sm2kit: { checks: [{ name: 'shelves_floor', expression: 'floor >= 0' }] } },
    {
      code: [PrimaryKey, Column(DataType.STRING(12))],
      floor: [AllowNull(false), Default(0), Column(DataType.SMALLINT)],
      books: [HasMany(() => Book)],
    },
  )
  return [Author, Profile, Shelf, Book, Tag, BookTag, Loan]
}
