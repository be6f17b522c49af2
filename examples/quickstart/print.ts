import { stdout } from 'node:process'

const hasColor = stdout.isTTY === true && !process.env['NO_COLOR']
const paint = (code: number) => (text: string) => (hasColor ? `\u001b[${code}m${text}\u001b[0m` : text)
export const bold = paint(1)
export const dim = paint(2)
export const green = paint(32)

export const count = (n: number): string => n.toLocaleString('en-US')

export function heading(text: string): void {
  stdout.write(`\n${bold(text)}\n`)
}

export function line(text: string): void {
  stdout.write(`  ${text}\n`)
}

/** Shows how far something is: a bar that grows in a terminal, a line for each quarter elsewhere. */
export function progress(): (done: number, total: number) => void {
  const width = 30
  let quarters = 0
  return (done, total) => {
    const share = total === 0 ? 1 : done / total
    const text = `${String(Math.round(share * 100)).padStart(3)} %  ${count(done)} of ${count(total)} reviews`
    if (stdout.isTTY) {
      const full = Math.round(share * width)
      stdout.write(`\r  ${green('█'.repeat(full))}${dim('░'.repeat(width - full))} ${text}`)
      if (done >= total) stdout.write('\n')
    } else if (Math.floor(share * 4) > quarters) {
      quarters = Math.floor(share * 4)
      line(text)
    }
  }
}

/** One bar for each label, the longest as wide as `width`. */
export function barChart(bars: readonly (readonly [label: string, value: number])[], width = 40): void {
  const most = Math.max(1, ...bars.map(([, value]) => value))
  for (const [label, value] of bars) {
    const length = value === 0 ? 0 : Math.max(1, Math.round((value / most) * width))
    line(`${label}  ${green('█'.repeat(length))} ${value}`)
  }
}

/** Rows under a header, columns aligned. */
export function table(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  for (const [index, row] of rows.entries()) {
    const text = row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('   ')
    line(index === 0 ? dim(text) : text)
  }
}
