/** How often random tests try: little by default, much under `SM2KIT_TEST_SCALE=full`. */
export const isFull = process.env['SM2KIT_TEST_SCALE'] === 'full'

/** The number of runs of a random test. */
export const runs = (few: number, many: number): number => (isFull ? many : few)
