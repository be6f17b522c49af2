/** The key of a learner's item, for maps. */
export function cardKey(card: { readonly learnerId: string; readonly itemId: string }): string {
  return JSON.stringify([card.learnerId, card.itemId])
}

/** The key of a learner's review, for maps. */
export function reviewKey(review: { readonly learnerId: string; readonly id: string }): string {
  return JSON.stringify([review.learnerId, review.id])
}

/** Values by key, keys in the order of their first value. */
export function groupBy<Value>(
  values: Iterable<Value>,
  keyOf: (value: Value) => string,
): Map<string, Value[]> {
  const groups = new Map<string, Value[]>()
  for (const value of values) {
    const key = keyOf(value)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [value])
    else group.push(value)
  }
  return groups
}

/** The value of a key that must be there. */
export function entryOf<Value>(map: ReadonlyMap<string, Value>, key: string): Value {
  const value = map.get(key)
  if (value === undefined) throw new RangeError(`There is no ${key}.`)
  return value
}
