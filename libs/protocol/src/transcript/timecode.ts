const MS_PER_SECOND = 1000;
const MS_PER_MINUTE = 60 * MS_PER_SECOND;
const MS_PER_HOUR = 60 * MS_PER_MINUTE;

/**
 * Writes a position as `HH:MM:SS.mmm`, hours growing past two digits where they must.
 *
 * Every part comes from one whole number of milliseconds. Worked failure: rounding the fraction alone makes 59.9996 s `00:00:59,1000`.
 */
export function timecode(positionMs: number, decimalSign: '.' | ','): string {
  const wholeMs = Math.round(positionMs);
  const hours = Math.floor(wholeMs / MS_PER_HOUR);
  const minutes = Math.floor((wholeMs % MS_PER_HOUR) / MS_PER_MINUTE);
  const seconds = Math.floor((wholeMs % MS_PER_MINUTE) / MS_PER_SECOND);
  const fraction = String(wholeMs % MS_PER_SECOND).padStart(3, '0');
  return `${[hours, minutes, seconds].map(twoDigits).join(':')}${decimalSign}${fraction}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
