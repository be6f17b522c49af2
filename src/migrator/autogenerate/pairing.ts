/** Two lists after what belongs together has been paired. */
export interface Pairing<Actual, Wanted> {
  readonly pairs: readonly (readonly [actual: Actual, wanted: Wanted, pass: number])[]
  readonly onlyActual: readonly Actual[]
  readonly onlyWanted: readonly Wanted[]
}

/**
 * Pairs values of two lists, each at most once: by the first rule as many as there are, then by the next among the rest.
 *
 * @param rules - The strictest first.
 */
export const pairUp = <Actual, Wanted>(
  actual: readonly Actual[],
  wanted: readonly Wanted[],
  rules: readonly ((actual: Actual, wanted: Wanted) => boolean)[],
): Pairing<Actual, Wanted> => {
  const pairs: (readonly [Actual, Wanted, number])[] = []
  const [onlyActual, onlyWanted] = [new Set(actual), new Set(wanted)]
  for (const [pass, rule] of rules.entries())
    for (const one of wanted) {
      if (!onlyWanted.has(one)) continue
      const other = [...onlyActual].find((candidate) => rule(candidate, one))
      if (other === undefined) continue
      pairs.push([other, one, pass])
      onlyActual.delete(other)
      onlyWanted.delete(one)
    }
  return { pairs, onlyActual: [...onlyActual], onlyWanted: [...onlyWanted] }
}
