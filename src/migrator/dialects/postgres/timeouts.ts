import type { TimeoutSetting, Timeouts } from '../../dialect-paging.js'

/** `lock_timeout` and `statement_timeout`; in a transaction they end with it. */
export const postgresTimeouts = ({ lockMs, statementMs }: Timeouts, isLocal: boolean): TimeoutSetting[] => {
  const set = isLocal ? 'SET LOCAL' : 'SET'
  const setting = (name: string, ms: number | undefined): TimeoutSetting[] =>
    ms === undefined
      ? []
      : [
          {
            value: `${ms}ms`,
            async read(reader) {
              const [row] = await reader.select<{ value: string }>(
                `SELECT current_setting('${name}') AS value`,
              )
              return row?.value
            },
            set: (value) => `${set} ${name} = '${value}'`,
            reset: `${set} ${name} TO DEFAULT`,
          },
        ]
  return [...setting('lock_timeout', lockMs), ...setting('statement_timeout', statementMs)]
}
