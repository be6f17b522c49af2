import { type DataType, DataTypes, fn, literal, type ModelAttributes, Op, type Sequelize } from 'sequelize'

/** A shop: products with variants, stock, prices, orders, payments, shipments, reviews; 41 tables, underscored. */
export const defineShop = (sequelize: Sequelize): void => {
  const dialect = sequelize.getDialect()
  const on = <T>(postgres: T, others: T): T => (dialect === 'postgres' ? postgres : others)
  const json = on<DataType>(DataTypes.JSONB, DataTypes.JSON)
  const required = { allowNull: false } as const
  // Sequelize writes into what it is given: each column gets its own.
  const money = () => ({ type: DataTypes.DECIMAL(12, 2), ...required, defaultValue: 0 })
  const uuid = { id: { type: DataTypes.UUID, primaryKey: true, defaultValue: DataTypes.UUIDV4 } }
  const name = () => ({ type: DataTypes.STRING(120), ...required })
  const model = (what: string, attributes: ModelAttributes, options: object = {}) =>
    sequelize.define(what, attributes, { underscored: true, ...options })

  const Country = model(
    'Country',
    { code: { type: DataTypes.CHAR(2), primaryKey: true }, name: name(), callingCode: DataTypes.SMALLINT },
    { timestamps: false },
  )
  const Currency = model(
    'Currency',
    {
      code: { type: DataTypes.CHAR(3), primaryKey: true },
      symbol: { type: DataTypes.STRING(4), comment: `as printed: "€", 'kr'` },
      digits: { type: DataTypes.SMALLINT, ...required, defaultValue: 2 },
    },
    { timestamps: false, comment: `ISO 4217's "codes"` },
  )
  const Customer = model(
    'Customer',
    {
      ...uuid,
      email: { type: on<DataType>(DataTypes.STRING(254), DataTypes.STRING(190)), ...required, unique: true },
      passwordHash: { type: DataTypes.CHAR(60), field: 'pwd' },
      locale: { type: DataTypes.STRING(5), ...required, defaultValue: 'en-GB' },
      status: {
        type: DataTypes.ENUM('new', 'active', "won't pay", 'blocked'),
        ...required,
        defaultValue: 'new',
      },
      bornOn: DataTypes.DATEONLY,
      preferences: { type: json, ...(dialect === 'mysql' ? {} : { defaultValue: { mail: true, tags: [] } }) },
      lastSeenAt: DataTypes.DATE(dialect === 'sqlite' ? undefined : 3),
      fullName: new DataTypes.VIRTUAL(DataTypes.STRING),
    },
    {
      paranoid: true,
      defaultScope: { attributes: { exclude: ['passwordHash'] } },
      scopes: { active: { where: { status: 'active' } } },
      hooks: { beforeValidate: () => {} },
      indexes: [
        { fields: ['status', 'last_seen_at'] },
        ...(dialect === 'mysql'
          ? []
          : [{ name: 'customers_alive', fields: ['email'], where: { deleted_at: null } }]),
      ],
    },
  )
  const Address = model('Address', {
    kind: { type: DataTypes.ENUM('billing', 'shipping'), ...required },
    line1: { type: DataTypes.STRING, ...required },
    line2: DataTypes.STRING,
    postalCode: { type: DataTypes.STRING(12), field: 'zip' },
    isDefault: { type: DataTypes.BOOLEAN, ...required, defaultValue: false },
  })
  Customer.hasMany(Address, { foreignKey: { name: 'customerId', allowNull: false }, onDelete: 'CASCADE' })
  Address.belongsTo(Customer, { foreignKey: { name: 'customerId', allowNull: false } })
  Address.belongsTo(Country, { foreignKey: 'countryCode', targetKey: 'code', onDelete: 'RESTRICT' })
  Customer.belongsTo(Currency, { foreignKey: 'currencyCode', targetKey: 'code' })

  const Brand = model('Brand', {
    name: { ...name(), unique: true },
    slug: { type: DataTypes.STRING(80), unique: 'brand_slug' },
  })
  const Category = model('Category', { name: name(), position: { type: DataTypes.INTEGER, defaultValue: 0 } })
  Category.belongsTo(Category, { as: 'parent', foreignKey: 'parentId', onDelete: 'CASCADE' })
  Category.hasMany(Category, { as: 'children', foreignKey: 'parentId' })
  const Product = model(
    'Product',
    {
      title: name(),
      description: DataTypes.TEXT,
      data: json,
      weightGrams: { type: DataTypes.INTEGER, validate: { min: 0 } },
      rating: DataTypes.FLOAT,
      publishedAt: { type: DataTypes.DATE, defaultValue: literal('CURRENT_TIMESTAMP') },
      state: { type: DataTypes.ENUM('draft', 'on sale', 'gone'), defaultValue: 'draft' },
      ...(dialect === 'postgres'
        ? {
            keywords: { type: DataTypes.ARRAY(DataTypes.STRING(40)), ...required, defaultValue: [] },
            sold: DataTypes.RANGE(DataTypes.DATEONLY),
            ages: { type: DataTypes.RANGE(DataTypes.INTEGER) },
            search: DataTypes.TSVECTOR,
            flags: DataTypes.ARRAY(DataTypes.ENUM('eco', 'fragile')),
          }
        : {}),
    },
    {
      paranoid: true,
      indexes: [
        {
          name: 'products_state_published',
          fields: ['state', { name: 'published_at', order: 'DESC' as const }],
        },
        ...(dialect === 'postgres'
          ? [
              { name: 'products_data', fields: ['data'], using: 'gin', operator: 'jsonb_path_ops' },
              { name: 'products_search', fields: ['search'], using: 'gin' },
              { name: 'products_lower_title', fields: [fn('lower', sequelize.col('title'))] },
            ]
          : []),
        ...(dialect === 'mysql' ? [{ name: 'products_title', fields: [{ name: 'title', length: 20 }] }] : []),
      ],
    },
  )
  Product.belongsTo(Brand)
  const ProductCategory = model('ProductCategory', { position: DataTypes.INTEGER }, { timestamps: false })
  Product.belongsToMany(Category, { through: ProductCategory })
  Category.belongsToMany(Product, { through: ProductCategory })
  Product.belongsToMany(Product, {
    as: 'related',
    through: 'related_products',
    foreignKey: 'fromId',
    otherKey: 'toId',
  })

  const Variant = model(
    'Variant',
    {
      sku: { type: DataTypes.STRING(32), ...required, unique: true },
      price: money(),
      compareAtPrice: DataTypes.DECIMAL(12, 2),
    },
    { indexes: [{ fields: ['product_id', 'price'] }] },
  )
  Product.hasMany(Variant, { foreignKey: { allowNull: false }, onDelete: 'CASCADE' })
  Variant.belongsTo(Product, { foreignKey: { allowNull: false } })
  const Option = model('Option', { name: name(), values: json })
  Option.belongsTo(Product, { onDelete: 'CASCADE' })
  const VariantOption = model(
    'VariantOption',
    {
      value: { type: DataTypes.STRING(60), ...required },
      id: { type: DataTypes.BIGINT, primaryKey: true, autoIncrement: true },
    },
    { timestamps: false },
  )
  Variant.belongsToMany(Option, { through: { model: VariantOption, unique: true } })
  Option.belongsToMany(Variant, { through: { model: VariantOption, unique: true } })
  const Image = model('Image', {
    url: { type: DataTypes.STRING(2000), ...required },
    alt: DataTypes.STRING,
    bytes: DataTypes.BLOB('medium'),
  })
  Image.belongsTo(Product, { foreignKey: 'ownerId', constraints: false })
  Image.belongsTo(Brand, { foreignKey: 'ownerId', constraints: false })
  Product.belongsTo(Image, { as: 'cover', constraints: false })
  const Price = model(
    'Price',
    { amount: money(), validFrom: { type: DataTypes.DATEONLY, primaryKey: true } },
    { timestamps: false },
  )
  Price.belongsTo(Currency, {
    foreignKey: { name: 'currencyCode', ...{ primaryKey: true } } as object,
    targetKey: 'code',
    onDelete: 'CASCADE',
  })
  Price.belongsTo(Variant, { foreignKey: { name: 'variantId', allowNull: false }, onDelete: 'CASCADE' })

  const Warehouse = model('Warehouse', {
    code: { type: DataTypes.STRING(8), unique: true },
    open: { type: DataTypes.TIME, defaultValue: '08:00:00' },
  })
  Warehouse.belongsTo(Address)
  const Stock = model(
    'Stock',
    {
      variantId: {
        type: DataTypes.INTEGER,
        primaryKey: true,
        references: { model: Variant, key: 'id' },
        onDelete: 'CASCADE',
      },
      warehouseId: { type: DataTypes.INTEGER, primaryKey: true, references: { model: Warehouse, key: 'id' } },
      quantity: { type: DataTypes.INTEGER, ...required, defaultValue: 0 },
      reserved: { type: DataTypes.INTEGER, ...required, defaultValue: 0 },
    },
    {
      freezeTableName: true,
      tableName: 'stock',
      sm2kit: { checks: [{ name: 'stock_not_below_zero', expression: 'quantity >= 0' }] },
    },
  )
  const StockMove = model(
    'StockMove',
    {
      change: { type: DataTypes.INTEGER, ...required },
      reason: DataTypes.STRING,
      at: { type: DataTypes.DATE, defaultValue: DataTypes.NOW },
    },
    { updatedAt: false },
  )
  StockMove.belongsTo(Variant)
  StockMove.belongsTo(Warehouse, { as: 'source' })
  StockMove.belongsTo(Warehouse, { as: 'target' })
  void Stock

  const Cart = model('Cart', {
    token: { type: DataTypes.UUID, unique: true, defaultValue: DataTypes.UUIDV1 },
    expiresAt: DataTypes.DATE,
  })
  Cart.belongsTo(Customer)
  const CartItem = model(
    'CartItem',
    { quantity: { type: DataTypes.INTEGER, ...required, defaultValue: 1 } },
    { indexes: [{ unique: true, fields: ['cart_id', 'variant_id'] }] },
  )
  CartItem.belongsTo(Cart, { onDelete: 'CASCADE', foreignKey: { allowNull: false } })
  CartItem.belongsTo(Variant, {
    foreignKey: { allowNull: false },
    onDelete: 'NO ACTION',
    onUpdate: 'NO ACTION',
  })

  const Order = model(
    'Order',
    {
      id: { type: DataTypes.BIGINT, primaryKey: true, autoIncrement: true },
      number: { type: DataTypes.STRING(20), ...required, unique: true },
      status: { type: DataTypes.ENUM('open', 'paid', 'sent', 'returned'), ...required, defaultValue: 'open' },
      total: money(),
      taxRate: { type: DataTypes.DECIMAL(5, 4), defaultValue: 0.19 },
      note: { type: DataTypes.TEXT, comment: `the customer's own "words"; -- with \\ and ?` },
      placedAt: DataTypes.DATE,
    },
    {
      tableName: 'orders',
      version: true,
      indexes: [{ fields: ['customer_id', { name: 'placed_at', order: 'DESC' as const }] }],
    },
  )
  Order.belongsTo(Customer, { onDelete: 'SET NULL' })
  Order.belongsTo(Address, { as: 'billingAddress' })
  Order.belongsTo(Address, { as: 'shippingAddress' })
  Order.belongsTo(Currency, { foreignKey: 'currencyCode', targetKey: 'code' })
  Customer.belongsTo(Order, { as: 'lastOrder', constraints: false })
  const OrderLine = model(
    'OrderLine',
    {
      position: { type: DataTypes.INTEGER, primaryKey: true },
      title: name(),
      quantity: { type: DataTypes.INTEGER, ...required },
      unitPrice: money(),
    },
    { timestamps: false },
  )
  Order.hasMany(OrderLine, { foreignKey: { name: 'orderId', allowNull: false }, onDelete: 'CASCADE' })
  OrderLine.belongsTo(Order, { foreignKey: { name: 'orderId', allowNull: false } })
  OrderLine.belongsTo(Variant, { onDelete: 'SET NULL' })
  const Coupon = model('Coupon', {
    code: { type: DataTypes.STRING(24), unique: true, ...required },
    percent: DataTypes.DOUBLE,
    starts: { type: DataTypes.DATEONLY, defaultValue: '2020-01-01' },
  })
  Order.belongsToMany(Coupon, { through: 'order_coupons', timestamps: false })
  Coupon.belongsToMany(Order, { through: 'order_coupons', timestamps: false })
  const Payment = model('Payment', {
    ...uuid,
    amount: money(),
    provider: { type: DataTypes.ENUM('card', 'bank', 'gift'), ...required },
    raw: json,
    succeeded: DataTypes.BOOLEAN,
  })
  Payment.belongsTo(Order, { onDelete: 'RESTRICT', foreignKey: { allowNull: false } })
  const Refund = model('Refund', { amount: money() })
  Refund.belongsTo(Payment, { foreignKey: 'payment', onDelete: 'CASCADE' })
  const Carrier = model('Carrier', { name: name(), trackingUrl: DataTypes.STRING(500) })
  const Shipment = model('Shipment', {
    tracking: DataTypes.STRING(60),
    weight: DataTypes.DECIMAL(8, 3),
    sentOn: DataTypes.DATEONLY,
  })
  Shipment.belongsTo(Order)
  Shipment.belongsTo(Carrier)
  const ShipmentLine = model('ShipmentLine', { quantity: DataTypes.INTEGER })
  ShipmentLine.belongsTo(Shipment, { onDelete: 'CASCADE' })
  ShipmentLine.belongsTo(StockMove, { constraints: false })
  const Review = model(
    'Review',
    {
      stars: { type: DataTypes.SMALLINT, ...required },
      text: DataTypes.TEXT,
      approved: { type: DataTypes.BOOLEAN, defaultValue: null },
    },
    {
      indexes: [
        ...(dialect === 'mysql'
          ? []
          : [{ name: 'reviews_waiting', fields: ['created_at'], where: { approved: { [Op.is]: null } } }]),
        { fields: ['product_id', 'customer_id'], unique: true, name: 'one_review_each' },
      ],
      sm2kit: { checks: [{ name: 'reviews_stars', expression: 'stars BETWEEN 1 AND 5' }] },
    },
  )
  Review.belongsTo(Product, { onDelete: 'CASCADE' })
  Review.belongsTo(Customer)
  const Wishlist = model('Wishlist', { name: { ...name(), defaultValue: 'my wishes' } })
  Customer.hasOne(Wishlist, { onDelete: 'CASCADE' })
  Wishlist.belongsToMany(Variant, { through: 'wishlist_variants' })
  Variant.belongsToMany(Wishlist, { through: 'wishlist_variants' })
  const Tax = model('Tax', { rate: DataTypes.DECIMAL(6, 4), name: name() })
  Tax.belongsTo(Country, { foreignKey: 'country', targetKey: 'code' })
  Category.belongsTo(Tax)
  for (const what of ['Supplier', 'GiftCard', 'Newsletter', 'Banner', 'Setting', 'AuditEntry'])
    model(
      what,
      {
        key: { type: DataTypes.STRING(64), ...required, unique: 'key_and_kind' },
        kind: { type: DataTypes.STRING(16), unique: 'key_and_kind' },
        value: json,
      },
      { createdAt: 'made_at', updatedAt: false },
    ).belongsTo(Customer, { as: 'author', onDelete: 'SET NULL', onUpdate: 'RESTRICT' })
}
