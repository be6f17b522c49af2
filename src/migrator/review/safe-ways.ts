import type { HazardRule } from '../operations/hazard.js'

/** The safe way of each rule, in a line; `docs/hazards.md` says more. */
export const SAFE_WAYS: Readonly<Record<HazardRule, string>> = {
  'drop-table': 'stop using it in one release, and drop it in a later one, after a backup',
  'drop-column': 'deploy code that does not use it first, and drop it in a later release',
  'drop-enum-value': 'give the rows that hold it another value first',
  'possible-rename': 'say that it is a rename',
  'not-null-without-default':
    'add it so that it takes NULL, fill it, and make it required then; or give it a default',
  'not-null-on-nulls': 'fill the rows that are NULL first',
  'unique-on-rows': 'look for rows that are equal first',
  'foreign-key-on-rows': 'look for rows that refer to nothing first',
  'check-on-rows': 'count the rows that break it first',
  'type-narrowing':
    'look at the longest and greatest values first; or add a column, fill it, and drop the old one',
  'type-rewrite': 'add a column of the new type, fill it in batches (op.batch), and drop the old one',
  'generated-rewrite': 'run it in a quiet hour',
  'index-not-concurrent':
    'make it without stopping writers: in a revision with `transaction = false`, concurrently',
  'rename-in-use': 'stop the older code first; or add, copy, deploy, and drop later',
  'primary-key-change': 'do it in a window without writers, after a backup',
  'foreign-key-not-valid': 'add it NOT VALID, and validate it in a later revision',
  'check-not-valid': 'add it NOT VALID, and validate it in a later revision',
  'default-volatile-rewrite':
    'add the column without a default, set the default, and fill the rows in batches (op.fill)',
  'set-not-null-scan':
    'add a check IS NOT NULL that is NOT VALID, validate it, then make the column required',
  'lock-without-timeout': 'limit the wait: op.withTimeouts({ lockMs: 5000 }, …)',
  'data-loss-statement': 'say which rows in a WHERE, or take a backup first',
  'table-rebuild': 'make several changes in one rebuild with op.alterTable, in a quiet hour',
  'copy-algorithm': 'do it in a quiet hour, or with a tool that changes the schema online',
  'long-transaction-mixed': 'change the rows in a revision of their own, in batches (op.batch, op.fill)',
  'invalid-waiver': 'write `// sm2kit-allow <rule>: <reason>` with a rule of docs/hazards.md',
}
