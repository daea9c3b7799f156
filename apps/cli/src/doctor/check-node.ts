import { fail, ok, type Finding } from './finding.ts';

/** The oldest Node that the product is tested with. */
const OLDEST = { major: 20, minor: 11 };

/** Judges a Node version, such as `20.20.2`. */
export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isRecent = major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor);
  if (isRecent) return ok('node', `Node ${version}`);
  return fail('node', `Node ${version} is too old`, `Install Node ${OLDEST.major}.${OLDEST.minor} or newer.`);
}
