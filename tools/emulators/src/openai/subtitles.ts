/** A recording of one sentence is one subtitle. Units: seconds. */
export function toSrt(text: string, endSeconds: number): string {
  return text === '' ? '' : `1\n${clockTime(0, ',')} --> ${clockTime(endSeconds, ',')}\n${text}\n\n`;
}

/** The same as WebVTT. Units: seconds. */
export function toVtt(text: string, endSeconds: number): string {
  const cue = text === '' ? '' : `${clockTime(0, '.')} --> ${clockTime(endSeconds, '.')}\n${text}\n\n`;
  return `WEBVTT\n\n${cue}`;
}

/** `00:01:02,345`. */
function clockTime(seconds: number, decimalSign: ',' | '.'): string {
  return new Date(Math.round(seconds * 1000)).toISOString().slice(11, 23).replace('.', decimalSign);
}
