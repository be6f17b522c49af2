/**
 * The SM-2 spaced-repetition scheduler as exact pure functions: numbers in, numbers out, no clock, no I/O.
 *
 * @packageDocumentation
 */
export { addDays, type CalendarDay, daysBetween } from './calendar-day.js'
export { type Answered, answer, type Card, newCard, type Review, undo } from './card.js'
export { type DayOptions, dayOf } from './day-of.js'
export { type Due, daysOverdue, dueForecast, isDue } from './due.js'
export { type AnkiRow, fromAnki } from './from-anki.js'
export { type Grade, isGrade, isPass, needsRepeat } from './grade.js'
export { type Button, gradeFromButtons } from './grade-from-buttons.js'
export { parseState } from './parse-state.js'
export { type ReplayOptions, replay, trajectory } from './replay.js'
export { type Sm2Rules, sourceRules, textRules } from './rules.js'
export { preview, schedule } from './schedule.js'
export { Sm2Error, type Sm2ErrorCode, type Sm2Fault } from './sm2-error.js'
export { initialState, type Sm2State } from './state.js'
export { type FsrsMemory, toFsrs } from './to-fsrs.js'
