import type { NameLimit } from '../../operations/names.js'

/** https://mariadb.com/kb/en/identifier-names/#maximum-length */
export const NAME_LIMIT: NameLimit = { length: 64, unit: 'characters' }
