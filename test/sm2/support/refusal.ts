import { Sm2Error } from 'sm2kit/sm2'

/** The error that an action throws, as code and path; anything else fails the test. */
export function refusal(action: () => unknown): readonly [code: string, path: string] {
  const { code, path } = caught(action)
  return [code, path]
}

export function caught(action: () => unknown): Sm2Error {
  try {
    action()
  } catch (error) {
    if (error instanceof Sm2Error) return error
    throw error
  }
  throw new Error('nothing was refused')
}

/** Values that are no number from 0 to 5, of every type. */
export const strangers: readonly unknown[] = [
  '4',
  '',
  'x',
  -1,
  6,
  4.5,
  Number.NaN,
  Infinity,
  -Infinity,
  null,
  undefined,
  true,
  4n,
  Symbol('4'),
  {},
  [4],
  [],
  () => 4,
  Object.create(null),
  { valueOf: () => 4 },
  new Date(0),
  1e300,
  -0.5,
  5.000000001,
]
