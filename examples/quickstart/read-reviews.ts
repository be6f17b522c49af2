import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { gradeFromButtons, type ReviewToImport } from 'sm2kit'

const buttons = ['again', 'hard', 'good', 'easy'] as const
/** Where each learner lives: it decides on which day a review was. */
const timeZones = ['Europe/Berlin', 'America/New_York', 'Asia/Tokyo']
const columns = 'card_id,review_time,review_rating,review_state,review_duration,user_id'

/** The reviews of a log in the field's format, one after the other; the file may be of any length. */
export async function* readReviews(file: URL): AsyncGenerator<ReviewToImport> {
  let lineNumber = 0
  for await (const line of createInterface({ input: createReadStream(file) })) {
    lineNumber++
    if (lineNumber === 1) {
      if (line !== columns) throw new Error(`The first line of the log must be ${columns}`)
      continue
    }
    const [cardId, time, rating, state, , userId] = line.split(',').map(Number)
    const button = buttons[Number(rating) - 1]
    const timeZone = timeZones[Number(userId) - 1]
    if (button === undefined || timeZone === undefined)
      throw new Error(`Line ${lineNumber} of the log has an unknown rating or learner`)
    yield {
      learnerId: String(userId),
      itemId: String(cardId),
      grade: gradeFromButtons(button),
      reviewedAt: Number(time),
      // 1 learning and 3 relearning: repeats on the same day, which SM-2 does not count.
      kind: state === 1 || state === 3 ? 'drill' : 'review',
      timeZone,
    }
  }
}

/** How many reviews the log has, for the progress bar. */
export async function countReviews(file: URL): Promise<number> {
  let lines = 0
  for await (const _ of createInterface({ input: createReadStream(file) })) lines++
  return lines - 1
}
