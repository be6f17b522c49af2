import type { TimeoutSetting, Timeouts } from '../../dialect-paging.js'

/** How long a busy file is waited for. Statements have no time-out here. */
export const sqliteTimeouts = ({ lockMs }: Timeouts): TimeoutSetting[] =>
  lockMs === undefined
    ? []
    : [
        {
          value: String(lockMs),
          async read(reader) {
            const [row] = await reader.select<{ timeout: number }>('PRAGMA busy_timeout')
            return row === undefined ? undefined : String(row.timeout)
          },
          set: (value) => `PRAGMA busy_timeout = ${value}`,
          reset: 'PRAGMA busy_timeout = 1000', // the driver's own
        },
      ]
