import { defineNamed, renameAll } from '../26-all-names-differ/models.js'
import type { Case } from '../case.js'

export const change: Case = {
  title: 'where names are compared, what the author of the models has named gets its name, and nothing else',
  before: defineNamed,
  setup: renameAll,
  after: defineNamed,
}
