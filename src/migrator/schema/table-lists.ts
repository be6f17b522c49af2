/** The lists of a table whose order means nothing. */
export const TABLE_LISTS = ['uniques', 'indexes', 'foreignKeys', 'checks', 'exclusions'] as const
