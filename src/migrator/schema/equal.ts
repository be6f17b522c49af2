/**
 * Whether two values of a schema, or parts of them, say the same: plain data, compared to the bottom. What is absent and
 * what is undefined are the same; the order of an object's fields does not matter, that of a list does.
 */
export const isSame = (one: unknown, other: unknown): boolean => {
  if (Object.is(one, other)) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (Array.isArray(one) !== Array.isArray(other)) return false
  const [a, b] = [one, other] as readonly Readonly<Record<string, unknown>>[]
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((key) => isSame(a?.[key], b?.[key]))
}
