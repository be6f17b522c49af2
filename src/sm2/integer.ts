/** Whether a value is a whole number that a double holds exactly, and not below the least. Other types are none. */
export const isInteger = (x: unknown, least: number): x is number =>
  Number.isSafeInteger(x) && (x as number) >= least
