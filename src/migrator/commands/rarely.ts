import { adopt } from './adopt.js'
import { backup, restore } from './backup.js'
import { check } from './check.js'
import { differences } from './differences.js'
import { eject } from './eject.js'
import { merge } from './merge.js'
import { plan } from './plan.js'
import { rehearse } from './rehearse.js'
import { resolve } from './resolve.js'
import { revision } from './revision.js'
import { sql } from './sql.js'
import { squash } from './squash.js'
import { stamp } from './stamp.js'

/**
 * The verbs that no start of an application calls, loaded together at the first of them: what is never run would cost
 * every start the time to read it.
 */
export const rareVerbs = {
  adopt,
  backup,
  check,
  differences,
  eject,
  merge,
  plan,
  rehearse,
  resolve,
  restore,
  revision,
  sql,
  squash,
  stamp,
}
