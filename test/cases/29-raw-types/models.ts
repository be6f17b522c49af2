import { DataTypes, type Sequelize } from 'sequelize'
import type { Case } from '../case.js'

/** A type of the host's own, on a domain. */
class Stars extends DataTypes.ABSTRACT {
  static override readonly key = 'STARS'
  override readonly key = 'STARS'
  override toSql(): string {
    return 'stars'
  }
}

const define = (sequelize: Sequelize, isLater: boolean): void => {
  sequelize.define('deck', { kind: DataTypes.ENUM('words', 'phrases') }, { timestamps: false })
  sequelize.define(
    'word',
    {
      // Of another table, by name.
      kind: '"enum_decks_kind"',
      stars: new Stars() as never,
      raw: isLater ? 'character varying(31)' : 'character varying(30)',
      ...(isLater ? { other: new Stars() as never, point: 'point', kinds: '"enum_decks_kind"[]' } : {}),
    },
    { timestamps: false },
  )
}

export const change: Case = {
  title: "raw types, another table's enum, and a class of the host's on a domain",
  engines: ['postgres'],
  prepare: ['CREATE DOMAIN stars AS integer CHECK (VALUE BETWEEN 0 AND 5)'],
  before: (sequelize) => define(sequelize, false),
  after: (sequelize) => define(sequelize, true),
}
