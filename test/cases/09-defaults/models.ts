import { type DataType, DataTypes, Sequelize } from 'sequelize'
import type { Case } from '../case.js'

const plain = { timestamps: false }

/** Every default of the list, on a column of its own. */
const columns = (defaults: readonly (readonly [DataType, unknown])[]) =>
  Object.fromEntries(defaults.map(([type, defaultValue], index) => [`c${index}`, { type, defaultValue }]))

const text = DataTypes.STRING(60)

export const change: Case = {
  title:
    'defaults come, go and change: null, empty, quotes, backslashes, functions, dates, big and negative numbers',
  before: (sequelize) => {
    sequelize.define(
      'word',
      columns([
        [text, null],
        [text, ''],
        [text, 'null'],
        [text, `it's "quoted"`],
        [text, 'back\\slash'],
        [DataTypes.INTEGER, 0],
        [DataTypes.INTEGER, -5],
        [DataTypes.BIGINT, '9223372036854775807'],
        [DataTypes.BOOLEAN, false],
        [DataTypes.DATE, DataTypes.NOW],
        [DataTypes.UUID, DataTypes.UUIDV4],
        [text, () => 'in JavaScript'],
        [DataTypes.DATEONLY, '2020-02-29'],
        [DataTypes.DECIMAL(8, 2), 1.5],
        [DataTypes.DATE, Sequelize.literal('CURRENT_TIMESTAMP')],
      ]),
      plain,
    )
  },
  after: (sequelize) => {
    sequelize.define(
      'word',
      columns([
        [text, 'null'],
        [text, null],
        [text, ''],
        [text, `it's "quoted" no more`],
        [text, 'back\\\\slash'],
        [DataTypes.INTEGER, 1],
        [DataTypes.INTEGER, 5],
        [DataTypes.BIGINT, '-9223372036854775808'],
        [DataTypes.BOOLEAN, true],
        [DataTypes.DATE, DataTypes.NOW],
        [DataTypes.UUID, DataTypes.UUIDV1],
        [text, 'in the database'],
        [DataTypes.DATEONLY, null],
        [DataTypes.DECIMAL(8, 2), 2.25],
        [DataTypes.DATE, Sequelize.literal('CURRENT_TIMESTAMP')],
      ]),
      plain,
    )
  },
}
