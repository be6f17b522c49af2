import { bash, fish, zsh } from '../completion/scripts.js'
import { wordsOf } from '../completion/words.js'
import { usage } from '../invocation.js'
import type { Run } from '../verb.js'

const SHELLS = new Map([
  ['bash', bash],
  ['zsh', zsh],
  ['fish', fish],
])

/** `sm2kit completion` */
export const completion: Run = async (invocation) => {
  const shell = invocation.argument(0)
  const make = SHELLS.get(shell)
  if (make === undefined)
    throw usage(
      `There is no completion for "${shell}"; there is for ${[...SHELLS.keys()].join(', ')}.`,
      shell,
    )
  const script = make(wordsOf(invocation.surroundings.program))
  return { value: { shell, script }, text: script }
}
