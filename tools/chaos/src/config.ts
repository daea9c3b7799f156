/** The only reader of the environment in this tool. */

/** Where Debian puts it, and where a person may say it is. */
const FAKETIME_LIBRARIES = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1',
];

/** Paths at which libfaketime may be: `VERBATIM_FAKETIME` first. */
export function faketimeCandidates(): readonly string[] {
  const own = process.env['VERBATIM_FAKETIME'];
  return own === undefined ? FAKETIME_LIBRARIES : [own, ...FAKETIME_LIBRARIES];
}
