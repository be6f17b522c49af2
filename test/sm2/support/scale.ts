const scale = process.env['SM2KIT_TEST_SCALE']

/** How often random tests try: little by default, much under `SM2KIT_TEST_SCALE=full`, a tenth for mutants. */
export const isFull = scale === 'full'

/** The number of runs of a random test. */
export const runs = (few: number, many: number): number =>
  isFull ? many : scale === 'mutants' ? few / 10 : few
