import type { Surroundings } from './invocation.js'

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const FRAME_MS = 80

/** A line that is redrawn while something goes on; nothing where no person looks on. */
export class Spinner {
  readonly #surroundings: Surroundings
  #timer: NodeJS.Timeout | undefined

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings
    surroundings.interrupts.beforeSaying(() => this.hide())
  }

  /**
   * Shows it, in the place of the one that is shown.
   *
   * @param detail - Asked anew for each frame.
   */
  show(label: string, detail: () => string): void {
    this.hide()
    const { terminal, secrets } = this.#surroundings
    if (!terminal.isLive) return
    const text = secrets.redact(label)
    let frame = 0
    const draw = (): void => {
      terminal.redraw(
        `${terminal.style('cyan', FRAMES[frame % FRAMES.length] ?? '')} ${text} …${secrets.redact(detail())}`,
      )
      frame += 1
    }
    draw()
    this.#timer = setInterval(draw, FRAME_MS)
    // A spinner keeps no process alive.
    this.#timer.unref()
  }

  /** Takes it off; whoever prints a line calls this first. */
  hide(): void {
    if (this.#timer === undefined) return
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#surroundings.terminal.redraw('')
  }
}
